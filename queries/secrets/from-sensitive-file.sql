-- +++
-- title = "Secret read from a place that holds secrets"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A tool read a place that usually holds secrets, and a secret came back into the context."
-- impact = "The model and its provider know it from then on."
-- false_positives = [
--   "A value in the form of a secret that was made up for a test or for documentation and that the list of well-known examples does not hold.",
-- ]
-- next_steps = [
--   "SELECT time, surface, login, agent, provider, model, raw_name, path, sent_again FROM history_secrets WHERE fingerprint = '{fingerprint}' ORDER BY time",
--   "Rotate it as the report's list of secrets says; then look in the vendor's log for its use since the first exposure.",
-- ]
-- references = []
-- tags = ["owasp-llm:2025:LLM02", "atlas:AML.T0057"]
-- [[case]]
-- name = "an environment file"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = false, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", file = "an environment file", entry_tool = "Read" },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) came back from Read, which read an environment file.", login = "ana" },
-- ]
-- [[case]]
-- name = "an SSH key"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "private-key", vendor = "", label = "private key", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", file = "an SSH key" },
-- ]
-- expect = [
--   { subject = "private key, fingerprint f1" },
-- ]
-- [[case]]
-- name = "by an unknown tool"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", file = "an SSH key" },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) came back from a tool, which read an SSH key." },
-- ]
-- [[case]]
-- name = "no secrets"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "typed"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "from a web page"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = false, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", entry_tool = "WebFetch" },
-- ]
-- expect = []
-- [[case]]
-- name = "in a header"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = true, own_key = true, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "in a system prompt"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "system", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- +++
SELECT
  label || ', fingerprint ' || left(fingerprint, 8) AS subject,
  CASE WHEN regexp_like(label, '^[AEIOaeio]') THEN 'An ' ELSE 'A ' END || label || ' (' || regexp_replace(preview, '^[a-z-]+ \((.*)\)$', '\1') || ')' || ' ' || 'came back from ' || coalesce(entry_tool, 'a tool') || ', which read ' || file || '.' AS reason,
  first_in_window AS first_seen,
  greatest(last_seen, first_in_window) AS last_seen,
  places + sent_again AS count,
  session_id,
  CASE WHEN user_count = 1 THEN login END AS login,
  CASE WHEN cardinality(devices) = 1 THEN devices[1] END AS device,
  CASE WHEN cardinality(agents) = 1 THEN agents[1] END AS agent,
  fingerprint AS key,
  confidence,
  file, kind, vendor, preview, users, providers,
  evidence
FROM exposed_secrets
WHERE file IS NOT NULL
ORDER BY fingerprint
