//! RFC 7518 section 3.5: the salt of a PSS signature is as long as the hash, no other.

use super::support::token::verdict;
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::base64url;
use serde_json::json;

/// A key of OpenSSL and its signatures of `{"alg":"PS…"}.{}`, one per length of the salt. The private key is gone.
const MODULUS: &str = "7GxEDMXG0PhWnBdMNnY7klK31ZvKmqJ1LkqTFMdLRB4RuG_AT_mpRiQ3BPnPJhV24aAF5lLkLjgbf7NC2XwrnSKCyuzeEiJ7Tvo_\
    6bK_qxIXC8OAhAtTHnU4vq8GACGv0tOW8QRIhFeY_kVKwWSK3ZLiemTl4WaYzMK-WX_K7jUEZUZvMnmeOc-tDGAdFax3J-h-PjGB\
    cGwLUNhaScEogCkgazr92EvjWPCLGxuW3VS6xf38rhT9YridZQpkCtbrCqPN644gVIwbMdfbuNGwgjc8ppV4NDqgVCP9o8DdMgT8\
    Xg5SjoZuCjh9jEVY-YzMVNmymg8zh-DqUyg0Qn64ww";
const SIGNATURES: [(&str, usize, &str); 11] = [
    (
        "PS256",
        32,
        "Kr1orYHyybMPKb3O4ex0IBNzRd4KI5cPFUS-8axvHMCamUVyQRhI_88MnqtSunrfuxS2oyVG-\
         K56KLZS5EXdodDjzm2GXVjH226Tc9v2ckgWq4YNr8Y9QhtdNzN5Y6EE0MJr5wwvrWYJrG0urs2vdKGPdR5o8plJRkz1mxOb1x3Ux\
         i_om57qCuuRrmCW35jJq5GalDAsWPwE13kbMzKVw_pTJFKh3yJznr7COTkAE4uRUnOm0uoyuDgyhivJqRZCqpdmha4TwaEs3JS9-\
         fWM-xaROTPpLfp0iVe6bLrV7WUclbkmXay3mJifD4dnbA1WfZRrScxVmmIQ7Ad79BfTGg",
    ),
    (
        "PS256",
        0,
        "5TuXqg76B-\
         RUeOc0oUjOMXQmiIf3J3DJRTpWRejji5G0mbjZQmsMSU6KS1khqJ_xzBFonPKQoQmiuVk8KQqXYLakOqBGUo_TUw3IydJgtg6uMD\
         -LRzIiGV67JiPBkkMdn34qUIsG1_9iTE_DZbGLJWoHFkltHbvGZzo0kG0CHJOUR7oUI592fUP8r33RkdnY2SBSwoeT8iUFxvltcn\
         DOp7xPNjJnlbcrr_soWW6BZdRWg6twjz55K5nsUqGghXtDyhkzMKr07oAc1XYu6HmhnsDinwjv7KoYfkQBhiMQKII4Si0zNR8OQ1\
         c0x5NTvpSfEbSQWwZdLaXJAtLRx12_uQ",
    ),
    (
        "PS256",
        20,
        "S7JaufJzZDRTj_aPROq0d984xMiWhsZlQu8pRfYJdpEFrsnZ6TjPqVpDOQK52CV0RxE6APQ1QsVrOh70Q50PSRWjwTOnXFgUwvQ3\
         9b7CmoGX8JI-NR26a8PMs4qL8Iqt1KVDdouIYllQry7SUVXJOFjGBlv8TGfT_JkUJtTwP8aP6ZY0msHadAFdp3m1F8N9xz45GBkR\
         51upKJhChN1TKI1KE3_xv4X3nr37qG_Ci8ADfGR6dFD7-dsY-ldYdPz-\
         GEnnwE1qIPVuZLv5UBp1wl68ubaqGEgMMcEAmpP1Aab1blf2393PZxa6xwBRfA3HD_Qt-u2ZKPoGy3r4ZE3YCg",
    ),
    (
        "PS256",
        31,
        "v_o6AW-rJ3TbfGc0R9g33OC-wopvdI0wb4qvJS-KwhayiCSw7n_I-Kmq8qOIi_hBBVFSnFOSGhIL_cquyNYt_58saU-aj7gdCKm9\
         s5llD9MbirXucV3_o00o24LhJrBTTZXBtnjFrYyWW6tGQOcHm3XAAGLqOAwq4izetHq_9v-\
         yFz3AVUVvhlfRNfyJmbXp7EnMnno0pER7AGynTZskte1CqSBlSsRkm5jmeNSHVgDL08Hf7cDLiaGadMIk8o05-\
         iXQy9LDJWKdsZUBVFUI0dcB8xzoKUsJ7fmMv0SMKIjQ1UsXA5pH9JWlIcr8cUbsv5uK3N1vi1IWLa8Wnu3hWg",
    ),
    (
        "PS256",
        33,
        "l3GftIA7fX8_PfSusHxIVydyuA6XYqc-\
         o0WCvSCZ4aDt7dJAOIoXWuaCA4syPKCFzMmWeN3Ln4cGrLInYDo5V7aHrDKGvPVJcFPu-d8lFq5fz53uLXtLy8IpZIdYvsL0F-\
         f79pLzFGfKSQAtFf_8EZt06WlIfmt5lSKVYCd5xbKhgJBDNaaVQEnsViQnteEjg4f7FuIIGyjl8FAyhFyt_h9rd9fp-\
         jhBvcr9DNn9R_-AH6w15u8ovPcd2lht1--RiK3n3syqI0_kr4Geey4N8-ADiwgv40yJJucG2snABq-\
         ZFmoo3tVUcW8PWmZ9SQxfYZyJuKciGwExvAKopIWCVA",
    ),
    (
        "PS256",
        48,
        "Ww8AKzHU_PSLSBZ2vwItyqihXZulThKf5bEc2tlsU5gtZJbRwDODV4D2y8Z-\
         XNravkWPrM0N03xBvmFgUXwuxbwwKcFD3gjr1NipygEBjQ9i_MtT8jvvreKrULvQpqLFTrGDaZiY45wfJjD2qdHmaL_YwDnXBqnc\
         rQlhMCkAh7WCQiwrZ-vIqkihsq1Dms13gMh2CcpY_A6P7AVKThBU1pUZzi--\
         SRMsISTCJlANxrYdakJfxKYzaIsqcRn3hczIqrjoqqW_xcEUpzF-\
         OmLLp9veTlDOisDJ_HoGdy5Zi2KY2tz4xN7n6QKCQgBq4jqUPLC1k8aX_-HIdtHMoTdVUw",
    ),
    (
        "PS256",
        222,
        "q9_0gC4U7MXDL8WH3AlTV8J5BePzRcDvh1C9n5G6yKr5qTHmgd2lJCDCvLdPSqXKS0VmO_DshUG__o1UI6Ti9z8TOGnnK8WHTP0D\
         -CxnepqmNfKWLSE6zanFi-\
         W7ZgNb5UmQmioZboUPtKBHfVSFlUorYbS_BWTmNuqCgZRP3PC3CWXhm9HiWdFDFLaWM17_iZsS6R2aVIfKpKdv1XUdymBm0olHKU\
         Ar8JzZTBxVYMcpRIuaLoeHnG0e2QWTAfOtykQ8Eo5P7ZsHwXu-\
         VKFNinr2JjPy13s0LOmQXMDhXxELrcSdekDTDq1np51AnPYzfU3pgFMfn_yulgnuPXyY_A",
    ),
    (
        "PS384",
        0,
        "hifLvleOA7uE0P1s3G1fD5zvJKsQ-\
         Fjb25EfEw3m0QwXcmrlEFwhQd7DPB3abOs3ivEpOSNeB_NfRElVbEBDIVN1quoPB5uYImN0_b0esRWt-\
         iuMMESlWqAkkVBNj4zcoIThmEDfyGHwzjufQGZuKFvFjzHpwwtn_QEruKneU-rOt3_6i7XVaDB-md5gUPL6cwR5azxIp506mWEAk\
         u4rRkQo0msJpOqO4RE6iIS2ZpwVd0R4kBViYCkaT6ukeypdyhdrUmA1h-\
         Tlbbu76QZztSCyhoVrfjEtVAeNkdUc5jMtAl97aKSsAGX1pDMXjoApgZNEMpBnVboR6Lz6rOE03w",
    ),
    (
        "PS384",
        48,
        "KzLJYBXLCsuGLp1xdker_OnJU88QyvTmynVIZLzKCxCq6-1MksQjIHSz8eH0PI1hNCahmXSqAfCG-zbvdICP5cmSfS3xskEkOZ4e\
         I_lGMit3VwnXUFMtIuEXqsv_FsNRMw6i0SZVDRdCqVHmmpLf2Oq7pN4ahgVOelWu_Mxb0TAvEzjrfFQC8csqvepqPbGKpKR0WsSV\
         _gD9MIDT0f61y4yKFIvg7Wdx0vJdYG4E78xf_svs4FbpZfw6-itme97hYjAAgyPbcArrtNcumq3V2hqrHg_F7gofJke-\
         g3BX9kGU7mqAV_H9ZIusjRs_sR4OhgXlwl7x6Y1zGUjyXQ-__Q",
    ),
    (
        "PS512",
        0,
        "ps0AAwpsxjK8xhD87-crHJr-zL4CKp36VW-UBCOb6mtB-FhaDmBv0RnkQa82PiHT27N0Z1zUWjlZmmbyRZRd2KAdAyPKi9hSWSVK\
         4FkBIHJTsZbHcqOTE8KII1EyeBHPUiA-\
         O2paKekhLKh4x88boTYepHV8YvujBO0d3UqMuVw_ESb3PsjJlm_JOKxFTVbBUKUxYJgtW443XlU1ecSsChfVoasFtlV_tnYJPr_z\
         f-I2Ss7Huvs3V2y7UjtvAgzU6Kh6H79DZLq9KIUBA_wp1rax3DoGjTCwDJAntlCynxQZvPlB0tkQHFuEQl81wXVzkRQdn-\
         F8Yzf3c7Yt2gIAvw",
    ),
    (
        "PS512",
        64,
        "uTC2EcBLhdj27AS39Cq0q1DP9yRhwpk5hY4CLFCS-Px8R9ktvmAU5Da_vTKvdwgW_Tw8n4JCi4I5f8SUZbi4yPP0nwIgj9tJCNP-\
         UBN1j2nMGE23Nu6HWZ9PM5leleTYDrktqTCM6qFmxnJHx_SB8efNlSsuKucKh5nMuI6ZaibeboGCR5N0rky_17vOzCOuzVfEPosU\
         z7q5anbMHXVytgKBuoLXglG7gWP16UCoht2vHMJU8R1-\
         OArtIRFUuLf3Wf1CYyXCYLFR0oWz3pLkQDpBnsrXEoIr0kkwVJ5XAaWFnVwyTfaZjhIZc9tH5IdxktfExTObFC9JrBnuCQlwEw",
    ),
];

#[test]
fn the_salt_is_as_long_as_the_hash() {
    let keys = [json!({"kty": "RSA", "n": MODULUS, "e": "AQAB"})];
    for (algorithm, salt, signature) in SIGNATURES {
        let header = base64url::encode(format!("{{\"alg\":\"{algorithm}\"}}").as_bytes());
        let token = format!("{header}.{}.{signature}", base64url::encode(b"{}"));
        let right = matches!((algorithm, salt), ("PS256", 32) | ("PS384", 48) | ("PS512", 64));
        let expected = if right { Ok(()) } else { Err(Reason::SignatureInvalid) };
        assert_eq!(verdict(&token, &keys), expected, "{algorithm} with a salt of {salt}");
    }
}
