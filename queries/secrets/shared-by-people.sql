-- +++
-- title = "Same secret in several people's sessions"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "The traffic of several people holds the same secret."
-- impact = "It is shared: whoever leaves takes it along, and nobody can tell whose use is whose."
-- false_positives = [
--   "A value in the form of a secret that was made up for a test or for documentation and that the list of well-known examples does not hold.",
--   "A secret in a repository or a prompt template that all of them use.",
-- ]
-- next_steps = [
--   "SELECT time, surface, login, agent, provider, model, raw_name, path, sent_again FROM history_secrets WHERE fingerprint = '{fingerprint}' ORDER BY time",
--   "Rotate it as the report's list of secrets says; then look in the vendor's log for its use since the first exposure.",
-- ]
-- references = []
-- tags = ["owasp-llm:2025:LLM02", "atlas:AML.T0057"]
-- [params]
-- min_users = 2
-- [[case]]
-- name = "two"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana", "ben"], user_count = 2, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) is in the sessions of ana, ben." },
-- ]
-- [[case]]
-- name = "three"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["a", "b", "c"], user_count = 3, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { count = 4 },
-- ]
-- [[case]]
-- name = "in headers"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["a", "b"], user_count = 2, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = true, own_key = true, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { confidence = "high" },
-- ]
-- [[case]]
-- name = "no secrets"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "one"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "one on two devices"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1", "n2"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "one with two agents"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["a", "b"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "one in many places"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 40, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- +++
SELECT
  label || ', fingerprint ' || left(fingerprint, 8) AS subject,
  CASE WHEN regexp_like(label, '^[AEIOaeio]') THEN 'An ' ELSE 'A ' END || label || ' (' || regexp_replace(preview, '^[a-z-]+ \((.*)\)$', '\1') || ')' || ' ' || 'is in the sessions of ' || array_to_string(array_slice(users, 1, 5), ', ') || '.' AS reason,
  first_in_window AS first_seen,
  greatest(last_seen, first_in_window) AS last_seen,
  places + sent_again AS count,
  session_id,
  CASE WHEN user_count = 1 THEN login END AS login,
  CASE WHEN cardinality(devices) = 1 THEN devices[1] END AS device,
  CASE WHEN cardinality(agents) = 1 THEN agents[1] END AS agent,
  fingerprint AS key,
  confidence,
   kind, vendor, preview, users, providers,
  evidence
FROM exposed_secrets
WHERE user_count >= $min_users
ORDER BY fingerprint
