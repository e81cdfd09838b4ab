-- +++
-- title = "Secret in the arguments of a tool that sends data out"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A model wrote a secret into the arguments of a tool that can send it out."
-- impact = "The secret may have left for a place that nobody chose."
-- false_positives = [
--   "A value in the form of a secret that was made up for a test or for documentation and that the list of well-known examples does not hold.",
--   "A command that authenticates against the service that the secret belongs to.",
-- ]
-- next_steps = [
--   "SELECT time, surface, login, agent, provider, model, raw_name, path, sent_again FROM history_secrets WHERE fingerprint = '{fingerprint}' ORDER BY time",
--   "Rotate it as the report's list of secrets says; then look in the vendor's log for its use since the first exposure.",
-- ]
-- references = []
-- tags = ["owasp-llm:2025:LLM02", "atlas:AML.T0057"]
-- [[case]]
-- name = "curl"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", sent_out_by = ["Bash"] },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) was handed to Bash, which can send it out." },
-- ]
-- [[case]]
-- name = "a chat"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", sent_out_by = ["mcp__slack__post_message"] },
-- ]
-- expect = [
--   { count = 4 },
-- ]
-- [[case]]
-- name = "two tools"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", sent_out_by = ["Bash", "send_email"] },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) was handed to Bash, send_email, which can send it out." },
-- ]
-- [[case]]
-- name = "no secrets"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "in the arguments of an editor"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "tool_arguments", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "in a result"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "tool_result", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "in a header"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = true, own_key = true, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "typed"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- +++
SELECT
  label || ', fingerprint ' || left(fingerprint, 8) AS subject,
  CASE WHEN regexp_like(label, '^[AEIOaeio]') THEN 'An ' ELSE 'A ' END || label || ' (' || regexp_replace(preview, '^[a-z-]+ \((.*)\)$', '\1') || ')' || ' ' || 'was handed to ' || array_to_string(array_slice(sent_out_by, 1, 5), ', ') || ', which can send it out.' AS reason,
  first_in_window AS first_seen,
  greatest(last_seen, first_in_window) AS last_seen,
  places + sent_again AS count,
  session_id,
  CASE WHEN user_count = 1 THEN login END AS login,
  CASE WHEN cardinality(devices) = 1 THEN devices[1] END AS device,
  CASE WHEN cardinality(agents) = 1 THEN agents[1] END AS agent,
  fingerprint AS key,
  confidence,
  sent_out_by, kind, vendor, preview, users, providers,
  evidence
FROM exposed_secrets
WHERE cardinality(sent_out_by) > 0
ORDER BY fingerprint
