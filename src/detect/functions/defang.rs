//! `defang(text)`: an address that no viewer turns into a link.

use std::sync::Arc;

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::Function;

pub(super) fn function() -> Function {
    Function {
        signature: "defang(text) → text",
        doc: "Host or e-mail address in a form that no viewer makes clickable; for places that stand in a sentence of \
              `reason` without quotes. URLs and what is quoted are defanged in every sentence when it is shown, after \
              its secrets were replaced; a function before that would hide them from the search.",
        example: "defang('https://a.example/x') = 'hxxps://a[.]example/x'",
        udf: ScalarUDF::from(Defang { signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable) }),
    }
}

/// `http` becomes `hxxp`; in the part before path and query, dots and at signs are bracketed.
fn defang(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let authority = authority.replace("[.]", ".").replace("[@]", "@").replace('.', "[.]").replace('@', "[@]");
    match scheme {
        Some(scheme) => {
            let scheme = match scheme.to_ascii_lowercase().as_str() {
                "http" => "hxxp".to_owned(),
                "https" => "hxxps".to_owned(),
                _ => scheme.to_owned(),
            };
            format!("{scheme}://{authority}{tail}")
        }
        None => format!("{authority}{tail}"),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Defang {
    signature: Signature,
}

impl ScalarUDFImpl for Defang {
    fn name(&self) -> &str {
        "defang"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let out: StringArray = arrays[0].as_string::<i32>().iter().map(|text| text.map(defang)).collect();
        Ok(ColumnarValue::Array(Arc::new(out)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn addresses_lose_what_makes_them_links_and_twice_is_once() {
        for (given, wanted) in [
            ("https://a.example/x.html?q=a.b", "hxxps://a[.]example/x.html?q=a.b"),
            ("HTTP://1.2.3.4:80", "hxxp://1[.]2[.]3[.]4:80"),
            ("me@mail.example", "me[@]mail[.]example"),
            ("ssh://git@host.example/r", "ssh://git[@]host[.]example/r"),
            ("", ""),
        ] {
            assert_eq!(defang(given), wanted);
            assert_eq!(defang(wanted), wanted);
        }
        assert_eq!(sql_text("defang('a.b')").await.as_deref(), Some("a[.]b"));
        assert_eq!(sql_text("defang(NULL)").await, None);
    }
}
