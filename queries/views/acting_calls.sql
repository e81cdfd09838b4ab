-- +++
-- doc = "Calls of the window that leave a trace outside the conversation, or read an address: those that somebody might have ordered."
-- materialise = true
-- [columns]
-- words = "The words of the tool's name in lower case, each between spaces."
-- executes = "Whether it runs commands or code, so that the tool's name says nothing of what is done."
-- weak = "Whether the call is a command, a read, or of a tool of which nothing is known: what was read before often explains it. Fetching a page is a read."
-- [[case]]
-- name = "it sends"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "sendEmail", arguments = "{}", egress = true, state_change = true, executes = false, label_source = "words" },
-- ]
-- expect = [
--   { weak = false, egress = true, words = " send email " },
-- ]
-- [[case]]
-- name = "a command that sends"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "Bash", arguments = "{}", egress = true, executes = true, label_source = "catalogue" },
-- ]
-- expect = [
--   { weak = true, executes = true },
-- ]
-- [[case]]
-- name = "an unknown tool"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "frobnicator", arguments = "{}", executes = false, label_source = "none" },
-- ]
-- expect = [
--   { weak = true },
-- ]
-- [[case]]
-- name = "a name without a verb"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "product_reviews", arguments = "{}", untrusted = true, executes = false, label_source = "words" },
-- ]
-- expect = [
--   { weak = true },
-- ]
-- [[case]]
-- name = "a page is fetched"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "get_page", arguments = "https://x.example", untrusted = true, executes = false, label_source = "words" },
-- ]
-- expect = [
--   { weak = true },
-- ]
-- [[case]]
-- name = "a name that tells that it reads"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "get_reviews", arguments = "{}", untrusted = true, executes = false, label_source = "words" },
-- ]
-- expect = []
-- [[case]]
-- name = "a shell without a verb in its name runs a command that only reads"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "terminal", arguments = "{}", executes = true, label_source = "words" },
-- ]
-- expect = []
-- [[case]]
-- name = "a list of things to do, whoever offers it"
-- calls = [
--   { call_uid = "c1", conversation_id = "c", tool = "TodoWrite", arguments = "{}", state_change = false, executes = false, label_source = "catalogue" },
-- ]
-- expect = []
-- +++
WITH verbs AS (
  SELECT ' (' || string_agg(word, '|' ORDER BY word) || ') ' AS pattern FROM catalog_tool_verbs WHERE source = 'name' AND role = 'action' AND word <> ''
),
named AS (
  SELECT *, ' ' || lower(regexp_replace(regexp_replace(tool, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS words
  FROM calls
)
SELECT call_uid, conversation_id, session_id, login, integration, tool, seq, position, arguments, arguments_digest, outcome,
       words,
       coalesce(egress, false) AS egress, coalesce(destructive, false) AS destructive, coalesce(state_change, false) AS state_change, coalesce(executes, false) AS executes,
       coalesce(executes, true) OR NOT coalesce(state_change OR destructive OR (egress AND NOT coalesce(untrusted, false)), false) AS weak
FROM named
CROSS JOIN verbs v
WHERE egress OR state_change OR destructive OR install OR persistence OR guard_off OR label_source = 'none'
   -- What a tool without a verb does can only be guessed.
   OR (label_source = 'words' AND NOT coalesce(executes, false) AND NOT regexp_like(words, v.pattern))
   OR (untrusted AND regexp_like(arguments, '://|www\.'))
