use super::Certificate;
impl Certificate {
    pub fn normalized(&self, verified: bool) -> String {
        format!("{{\"verified\":{verified}}}")
    }
}
