-- +++
-- title = "Rights given that nobody had asked for"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A command gave rights, a key or access to somebody, or opened a repository to everybody, and the user had not asked for it."
-- impact = "Whoever holds the rights can use them later and from elsewhere."
-- false_positives = [
--   "Setting up accounts and pipelines of an organisation.",
-- ]
-- next_steps = [
--   "SELECT time, tool, text, outcome FROM command_acts WHERE act = 'grant' AND session_id = '{session_id}' ORDER BY time",
--   "Ask {whom} whether they wanted it, and take the rights back if not.",
--   "Read the session around it.",
-- ]
-- references = ["https://attack.mitre.org/techniques/T1098/"]
-- tags = ["owasp-asi:2026:ASI03", "owasp-asi:2026:ASI02"]
-- [params]
-- quote_chars = 160
-- # What the user says who wants somebody to get rights; in the languages of the order words.
-- asked = "\\b(iam|polic(y|ies)|permissions?|access keys?|grant(s|ed|ing)?|roles?|rolebindings?|collaborators?|invite|admin rights|make (it|the repo\\w*|this) public|visibility|deploy keys?|ssh keys?|rechte?|berechtig\\w*|rolle|zugriff|freigeb\\w*|öffentlich|droits?|autoris\\w*|rôle|permisos?|permiss(ão|ões)|acceso|acesso|públic[oa]|permessi|ruolo|accesso|pubblic[oa])\\b|権限|公開|权限|公开"
-- [[case]]
-- name = "a policy is attached"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "why are the logs empty", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "aws", severity = "medium", count = 1, evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "two commands of one session"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
-- ]
-- expect = [
--   { count = 2 },
-- ]
-- [[case]]
-- name = "only proposed"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
-- ]
-- expect = [
--   { severity = "low" },
-- ]
-- [[case]]
-- name = "the user asked for an access key"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam create-access-key --user-name x" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Create an access key for x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the user asked for a role in German"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "Gib x bitte das Recht zum Lesen", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the user named the command"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "gives rights or a key of a cloud", program = "aws", text = "aws iam attach-user-policy --user-name x" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "run aws iam attach-user-policy --user-name x", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "something is deleted"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "destructive", meaning = "does it", program = "aws", text = "aws iam delete-user" },
-- ]
-- expect = []
-- [[case]]
-- name = "something is sent"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "send", meaning = "does it", program = "aws", text = "aws s3 cp a s3://b/" },
-- ]
-- expect = []
-- [[case]]
-- name = "a package is published"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "publish", meaning = "does it", program = "npm", text = "npm publish" },
-- ]
-- expect = []
-- [[case]]
-- name = "the policy is spoken of only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "does it", program = "aws", text = "aws iam attach-user-policy" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "grant the role", position = 5, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the policy is spoken of in another conversation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "does it", program = "aws", text = "aws iam attach-user-policy" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "d", session_id = "s", role = "user", kind = "text", text = "grant the role", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the policy is spoken of by the model"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "does it", program = "aws", text = "aws iam attach-user-policy" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "assistant", kind = "text", text = "grant the role", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the policy is spoken of in a result that the user sent back"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "does it", program = "aws", text = "aws iam attach-user-policy" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "tool_result", text = "grant the role", position = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "aws" },
-- ]
-- [[case]]
-- name = "the second of two was asked for"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", nth = 1, seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 1, act = "grant", meaning = "does it", program = "aws", text = "aws iam a" },
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", nth = 1, seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "grant", meaning = "does it", program = "aws", text = "aws iam b" },
-- ]
-- history_messages = [
--   { message_id = "u1", conversation_id = "c", session_id = "s", role = "user", kind = "text", text = "grant it", position = 3, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { count = 1, evidence = ["e#1"] },
-- ]
-- +++
WITH granted AS (
  SELECT * FROM command_acts WHERE act = 'grant'
),
asked AS (
  SELECT DISTINCT a.call_uid
  FROM granted a
  JOIN user_texts m ON m.conversation_id = a.conversation_id
  WHERE m.position < a.position
    AND (regexp_like(lower(m.text), $asked) OR mentions(m.text, a.text))
)
SELECT
  a.program AS subject,
  max(a.agent) || ' of ' || a.login || ' ran what ' || min(a.meaning) || ', which the user had not asked for ("' || excerpt(first_value(a.text ORDER BY a.time, a.call_uid, a.nth), $quote_chars) || '")'
    || CASE WHEN bool_or(a.outcome = 'ok') THEN '; it was executed.' WHEN bool_or(a.outcome = 'error') THEN '; it failed.' WHEN bool_or(a.outcome = 'refused') THEN '; it was refused.' ELSE '; no result was seen, so it was proposed, not executed.' END AS reason,
  min(a.time) AS first_seen,
  max(a.time) AS last_seen,
  count(*) AS count,
  a.session_id,
  a.login,
  a.device,
  max(a.agent) AS agent,
  a.session_id || ' ' || a.program AS key,
  CASE WHEN bool_or(a.outcome IN ('ok', 'error')) THEN 'medium' ELSE 'low' END AS severity,
  array_agg(evidence(a.export_key, a.record_id) ORDER BY a.time, a.call_uid, a.nth) AS evidence
FROM granted a
LEFT JOIN asked q ON q.call_uid = a.call_uid
WHERE q.call_uid IS NULL
GROUP BY a.session_id, a.login, a.device, a.program
ORDER BY a.login, a.session_id, a.program
