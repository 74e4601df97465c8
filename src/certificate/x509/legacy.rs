use super::Certificate;
impl Certificate {
    pub fn legacy(&self) -> String {
        "{}".to_owned()
    }
}
