-- +++
-- title = "Private key or root credential"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A private key or a credential that opens everything behind it stands in the traffic."
-- impact = "With it, everything behind it is open, often without a second factor and without a trace."
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
-- name = "a private key"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "private-key", vendor = "", label = "private key", tier = "provider", confidence = "high", root = true, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { subject = "private key, fingerprint f1" },
-- ]
-- [[case]]
-- name = "a cloud secret"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "cloud-key", vendor = "AWS", label = "AWS cloud key", tier = "provider", confidence = "high", root = true, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { subject = "AWS cloud key, fingerprint f1" },
-- ]
-- [[case]]
-- name = "in a file"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = true, preview = "ghp_…abcd (40 chars)", entry = "came back from the tool Read", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { reason = "A GitHub token (ghp_…abcd (40 chars)) came back from the tool Read." },
-- ]
-- [[case]]
-- name = "no secrets"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "a token"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "a cloud key id"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "cloud-key", vendor = "AWS", label = "AWS cloud key", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "a public key is no secret"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "a password"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "password", vendor = "GitHub", label = "GitHub password", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- +++
SELECT
  label || ', fingerprint ' || left(fingerprint, 8) AS subject,
  CASE WHEN regexp_like(label, '^[AEIOaeio]') THEN 'An ' ELSE 'A ' END || label || ' (' || regexp_replace(preview, '^[a-z-]+ \((.*)\)$', '\1') || ')' || ' ' || entry || '.' AS reason,
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
WHERE root
ORDER BY fingerprint
