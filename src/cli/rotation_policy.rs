//! From the JSON that az takes for a rotation policy to what it says.
//!
//! Names of members in camel case or with underscores, an action as a text or with its type, a trigger around its time or
//! none: az takes each of them.

use serde_json::{Map, Value};

use super::errors::Failure;
use crate::domain::{
    Refusal, RotationPolicy,
    rotation::{Period, Trigger, USUAL_NOTICE},
};

type Object = Map<String, Value>;

pub(super) fn parse(text: &str) -> Result<RotationPolicy, Failure> {
    let read: Result<Object, _> = serde_json::from_str(text);
    let object = read.map_err(|error| {
        Failure::Usage(format!(
            "argument --value: there is no file of that name, and it is no policy in JSON either: {error}"
        ))
    })?;
    Ok(policy(&object)?)
}

fn policy(object: &Object) -> Result<RotationPolicy, Refusal> {
    let mut policy = RotationPolicy { expiry: expiry(object)?, ..RotationPolicy::default() };
    let actions = match member(object, "lifetimeActions") {
        None => &[][..],
        Some(Value::Array(actions)) => actions,
        Some(_) => return Err(unfit("lifetimeActions is a list")),
    };
    for action in actions {
        let action = action.as_object().ok_or(unfit("an action has a type and a trigger"))?;
        let trigger = trigger(action)?;
        let slot = match kind(action) {
            Some(kind) if kind.eq_ignore_ascii_case("Rotate") => {
                let rotate = trigger.ok_or(unfit("a rotation needs timeAfterCreate or timeBeforeExpiry"))?;
                policy.rotate.replace(rotate)
            }
            Some(kind) if kind.eq_ignore_ascii_case("Notify") => {
                policy.notify.replace(trigger.unwrap_or(Trigger::BeforeExpiry(USUAL_NOTICE)))
            }
            _ => return Err(unfit("the type of an action is Rotate or Notify")),
        };
        if slot.is_some() {
            return Err(unfit("there is at most one Rotate and one Notify"));
        }
    }
    Ok(policy)
}

fn expiry(object: &Object) -> Result<Option<Period>, Refusal> {
    let of = |object: &Object| match period(object, "expiryTime")? {
        None => period(object, "expiresIn"),
        found => Ok(found),
    };
    match member(object, "attributes") {
        Some(Value::Object(attributes)) => of(attributes),
        _ => of(object),
    }
}

fn kind(action: &Object) -> Option<&str> {
    match member(action, "action")? {
        Value::Object(inner) => member(inner, "type")?.as_str(),
        other => other.as_str(),
    }
}

fn trigger(action: &Object) -> Result<Option<Trigger>, Refusal> {
    let holder = match member(action, "trigger") {
        Some(Value::Object(trigger)) => trigger,
        _ => action,
    };
    match (period(holder, "timeAfterCreate")?, period(holder, "timeBeforeExpiry")?) {
        (Some(_), Some(_)) => Err(unfit("a trigger has timeAfterCreate or timeBeforeExpiry, not both")),
        (Some(after), None) => Ok(Some(Trigger::AfterCreate(after))),
        (None, Some(before)) => Ok(Some(Trigger::BeforeExpiry(before))),
        (None, None) => Ok(None),
    }
}

fn period(object: &Object, name: &str) -> Result<Option<Period>, Refusal> {
    match member(object, name) {
        None => Ok(None),
        Some(Value::String(text)) => Period::parse(text).map(Some),
        Some(other) => Err(Refusal::PeriodUnreadable { found: other.to_string().chars().take(40).collect() }),
    }
}

/// A member by its name in camel case, or with underscores; one that is null is none.
fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let is_named = |found: &String| found.replace('_', "").eq_ignore_ascii_case(name);
    let found = object.iter().find(|(found, _)| is_named(found));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

const fn unfit(rule: &'static str) -> Refusal {
    Refusal::RotationPolicyUnfit { rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Zone;

    fn read(text: &str) -> Result<RotationPolicy, String> {
        parse(text).map_err(|failure| match failure {
            Failure::Service(crate::service::ServiceError::Refused(refusal)) => refusal.sentence(Zone::Utc),
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn a_policy_is_read_in_each_form_that_az_takes() {
        // §3.6
        let period = |text| Period::parse(text).unwrap();
        let expected = RotationPolicy {
            rotate: Some(Trigger::AfterCreate(period("P18M"))),
            notify: Some(Trigger::BeforeExpiry(period("P30D"))),
            expiry: Some(period("P2Y")),
        };
        for text in [
            r#"{"lifetimeActions": [
                {"trigger": {"timeAfterCreate": "P18M", "timeBeforeExpiry": null}, "action": {"type": "Rotate"}},
                {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "notify"}}],
                "attributes": {"expiryTime": "P2Y"}}"#,
            r#"{"lifetime_actions": [
                {"time_after_create": "P18M", "action": "rotate"}, {"action": "Notify"}], "expires_in": "P2Y"}"#,
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        assert_eq!(read("{}"), Ok(RotationPolicy::default()));
    }

    #[test]
    fn what_is_no_policy_is_refused_with_the_rule_it_breaks() {
        let rotate = r#"{"action": "Rotate", "timeAfterCreate": "P9D"}"#;
        for (text, words) in [
            (format!(r#"{{"lifetimeActions": [{rotate}, {rotate}]}}"#), "at most one Rotate"),
            (r#"{"lifetimeActions": [{"action": "Dance"}]}"#.into(), "is Rotate or Notify"),
            (r#"{"lifetimeActions": [{"action": "Rotate"}]}"#.into(), "needs timeAfterCreate"),
            (r#"{"lifetimeActions": {}}"#.into(), "is a list"),
            (r#"{"lifetimeActions": ["Rotate"]}"#.into(), "a type and a trigger"),
            (
                r#"{"lifetimeActions": [{"action": "Rotate", "timeAfterCreate": "P9D", "timeBeforeExpiry": "P9D"}]}"#
                    .into(),
                "not both",
            ),
            (r#"{"expiryTime": 28}"#.into(), "28 is no length of time"),
            (r#"{"expiryTime": "soon"}"#.into(), "soon is no length of time"),
            ("[]".into(), "no policy in JSON"),
            ("policy.json".into(), "no file of that name"),
        ] {
            let refusal = read(&text).unwrap_err();
            assert!(refusal.contains(words), "{text}: {refusal}");
        }
    }
}
