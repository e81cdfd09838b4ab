//! Conversations: which one a request continues.
//!
//! A conversation is named by its beginning: everything before the model's first answer, and that answer. Each later
//! request repeats it, so the name needs no state, does not depend on the order or grouping of exports, and survives
//! forks, retries and interleaving. Two conversations that begin with the same words differ by the first answer (the
//! ids of its tool calls are never equal). Where no answer exists yet, the beginning alone is the name.

use super::content::{ContentId, Hasher, Role, RootKey, digest};

/// Identity of a conversation and of its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Identity of the conversation.
    pub conversation: ContentId,
    /// Identity of everything before the first answer.
    pub root: ContentId,
}

/// Names a conversation from the contributions of its messages, in order, the current answer last.
///
/// `split_answers` says that the format tells one answer in several messages: then the first of them that has call ids
/// names the conversation, since the words before it may be repeated differently or not at all.
///
/// `None` when there is no message besides the system prompt.
pub fn identify(
    login: &str,
    device: &str,
    split_answers: bool,
    messages: impl Iterator<Item = (Role, RootKey)>,
) -> Option<Identity> {
    let mut root = Hasher::default();
    root.part(login.as_bytes());
    root.part(device.as_bytes());
    let mut asked = false;
    let mut answer = None;
    for (role, key) in messages {
        let (key, decides) = match key {
            RootKey::Nothing => continue,
            RootKey::Words(key) => (key, !split_answers),
            RootKey::Ids(key) => (key, true),
        };
        match role {
            Role::System => {}
            // An answer before any question is a greeting that the client put there.
            Role::Assistant if asked => {
                if decides || answer.is_none() {
                    answer = Some(key);
                }
                if decides {
                    break;
                }
            }
            _ if answer.is_some() => break,
            _ => {
                asked |= role != Role::Assistant;
                root.part(&key);
            }
        }
    }
    let root = root.finish();
    asked.then(|| {
        let conversation = match answer {
            Some(answer) => digest(&[b"conversation", &root, &answer]),
            None => digest(&[b"conversation", &root]),
        };
        Identity { conversation, root }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(keys: &[(Role, u8)]) -> Option<Identity> {
        identify("alice", "n1", false, keys.iter().map(|(r, k)| (*r, RootKey::Words([*k; 16]))))
    }

    #[test]
    fn a_conversation_keeps_its_name_as_it_grows() {
        use Role::{Assistant, System, User};
        let first = name(&[(System, 9), (User, 1), (Assistant, 2)]).unwrap();
        let later = name(&[(System, 8), (User, 1), (Assistant, 2), (User, 3), (Assistant, 4)]).unwrap();
        let fork = name(&[(User, 1), (Assistant, 2), (User, 5)]).unwrap();
        assert_eq!(first, later);
        assert_eq!(first, fork);
    }

    #[test]
    fn equal_questions_with_other_answers_are_other_conversations_with_one_root() {
        use Role::{Assistant, User};
        let a = name(&[(User, 1), (Assistant, 2)]).unwrap();
        let b = name(&[(User, 1), (Assistant, 3)]).unwrap();
        let unanswered = name(&[(User, 1)]).unwrap();
        assert_ne!(a.conversation, b.conversation);
        assert_ne!(a.conversation, unanswered.conversation);
        assert_eq!((a.root, a.root), (b.root, unanswered.root));
        let words = |k| RootKey::Words([k; 16]);
        let elsewhere = identify("bob", "n1", false, [(User, words(1)), (Assistant, words(2))].into_iter()).unwrap();
        assert_ne!(a.root, elsewhere.root);
        assert_eq!(name(&[(Role::System, 1)]), None);
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn an_answer_in_several_messages_counts_by_its_first_call() {
        use Role::{Assistant, User};
        let name = |split, keys: &[(Role, RootKey)]| identify("a", "n", split, keys.iter().copied()).unwrap();
        let (asked, said, called) = ((User, RootKey::Words([1; 16])), RootKey::Words([2; 16]), RootKey::Ids([3; 16]));
        let whole = name(true, &[asked, (Assistant, RootKey::Nothing), (Assistant, said), (Assistant, called)]);
        assert_eq!(whole, name(true, &[asked, (Assistant, called)]));
        assert_ne!(whole, name(true, &[asked, (Assistant, said), (User, said), (Assistant, called)]));
        assert_eq!(
            name(false, &[asked, (Assistant, said), (Assistant, called)]),
            name(true, &[asked, (Assistant, said)])
        );
    }
}
