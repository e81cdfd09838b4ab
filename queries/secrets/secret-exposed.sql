-- +++
-- title = "Secret exposed to a model"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A secret stands in what a model was told, or in what it handed to a tool. One incident per secret, however often and wherever it appears; what makes it worse raises the severity."
-- impact = "Whoever can read the traffic, the provider's logs or the gateway's captures can use it; a model that knows it can be talked into sending it out."
-- false_positives = [
--   "A value in the form of a secret that was made up for a test or for documentation and that the list of well-known examples does not hold.",
--   "A secret of a throw-away environment.",
-- ]
-- next_steps = [
--   "SELECT time, surface, login, agent, provider, model, raw_name, path, sent_again FROM history_secrets WHERE fingerprint = '{fingerprint}' ORDER BY time",
--   "Rotate it as its entry in the list of secrets says.",
--   "Then look in the vendor's log for uses since the first exposure that are not yours.",
-- ]
-- references = []
-- tags = ["owasp-llm:2025:LLM02", "atlas:AML.T0057", "atlas:AML.T0055"]
-- [[case]]
-- name = "put into a prompt"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { subject = "GitHub token ghp_…abcd, fingerprint f1, in a prompt", severity = "medium", confidence = "high", count = 4, login = "ana", evidence = ["e#3"], reason = "A GitHub token (ghp_…abcd (40 chars)) was put into a prompt; anthropic received it through ana, and 3 later requests carried it again." },
-- ]
-- [[case]]
-- name = "a private key that a tool can send out"
-- exposed_secrets = [
--   { fingerprint = "k1", kind = "private-key", vendor = "", label = "private key", tier = "provider", confidence = "high", root = true, preview = "private-key (1678 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 0, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", sent_out_by = ["Bash"], exposure_reasons = ["opens everything behind it", "was handed to Bash, which can send it out"] },
-- ]
-- expect = [
--   { subject = "private key, fingerprint k1, in a prompt", severity = "critical", reason = "A private key (1678 chars) was put into a prompt; anthropic received it through ana. It opens everything behind it; it was handed to Bash, which can send it out." },
-- ]
-- [[case]]
-- name = "two secrets are two incidents, in several people's sessions each"
-- exposed_secrets = [
--   { fingerprint = "a", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana", "ben"], user_count = 2, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 1, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
--   { fingerprint = "b", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 3, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic", "openai"], provider_count = 2, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { severity = "high", reason = "A GitHub token (ghp_…abcd (40 chars)) was put into a prompt; anthropic received it through 2 users, and 1 later request carried it again." },
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "a provider that may not have it"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", not_allowed = ["openai"] },
-- ]
-- expect = [
--   { severity = "high" },
-- ]
-- [[case]]
-- name = "a checksum that does not fit"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "low", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a generic value with a name that says secret"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "generic", confidence = "medium", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = [
--   { severity = "low" },
-- ]
-- [[case]]
-- name = "a doubtful generic value"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "generic", confidence = "low", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "a doubtful generic value that several people use"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "generic", confidence = "low", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 2, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- [[case]]
-- name = "a session cookie of the provider in a response header"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "provider", confidence = "high", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "header", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = false, by_design = true, own_key = false, days_sent = 0, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s", surfaces = ["header"] },
-- ]
-- expect = []
-- [[case]]
-- name = "no secrets"
-- exposed_secrets = []
-- expect = []
-- [[case]]
-- name = "a doubtful generic value that was sent again for days"
-- exposed_secrets = [
--   { fingerprint = "f1", kind = "token", vendor = "GitHub", label = "GitHub token", tier = "generic", confidence = "low", root = false, preview = "ghp_…abcd (40 chars)", entry = "was put into a prompt", entry_surface = "prompt", users = ["ana"], user_count = 1, login = "ana", devices = ["n1"], agents = ["Claude Code"], agent = "Claude Code", providers = ["anthropic"], provider_count = 1, places = 1, sent_again = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T10:00:00Z, first_in_window = 2026-02-10T09:00:00Z, typed = true, by_design = false, own_key = false, days_sent = 9, export_key = "e", record_id = 3, evidence = ["e#3"], session_id = "s" },
-- ]
-- expect = []
-- +++
SELECT
  label || CASE WHEN strpos(preview, '…') > 0 THEN ' ' || split_part(preview, ' ', 1) ELSE '' END || ', fingerprint ' || left(fingerprint, 8)
    || CASE WHEN entry_surface = 'tool_result' AND file IS NOT NULL THEN ', in ' || file
            WHEN entry_surface = 'tool_result' THEN ', from ' || coalesce(entry_tool, 'a tool')
            WHEN entry_surface = 'tool_arguments' THEN ', in arguments of ' || coalesce(entry_tool, 'a tool')
            WHEN entry_surface = 'prompt' THEN ', in a prompt'
            WHEN entry_surface = 'system' THEN ', in a system prompt'
            WHEN entry_surface = 'answer' THEN ', in an answer'
            WHEN entry_surface = 'tool_definition' THEN ', in the definition of a tool'
            WHEN entry_surface = 'mcp_credential' THEN ', for an MCP server'
            ELSE ', in a header' END AS subject,
  CASE WHEN regexp_like(label, '^[AEIOaeio]') THEN 'An ' ELSE 'A ' END || label || ' (' || regexp_replace(preview, '^[a-z-]+ \((.*)\)$', '\1') || ')' || ' ' || entry || '; '
    || coalesce(nullif(array_to_string(array_slice(providers, 1, 5), ', '), ''), 'a provider that is not named') || ' received it through ' || CASE WHEN user_count = 1 THEN coalesce(login, 'somebody') ELSE CAST(user_count AS VARCHAR) || ' users' END
    || CASE WHEN sent_again = 1 THEN ', and 1 later request carried it again.' WHEN sent_again > 1 THEN ', and ' || CAST(sent_again AS VARCHAR) || ' later requests carried it again.' ELSE '.' END
    || CASE WHEN cardinality(exposure_reasons) > 0 THEN ' It ' || array_to_string(exposure_reasons, '; it ') || '.' ELSE '' END AS reason,
  first_in_window AS first_seen,
  greatest(last_seen, first_in_window) AS last_seen,
  places + sent_again AS count,
  session_id,
  CASE WHEN user_count = 1 THEN login END AS login,
  CASE WHEN cardinality(devices) = 1 THEN devices[1] END AS device,
  CASE WHEN cardinality(agents) = 1 THEN agents[1] END AS agent,
  fingerprint AS key,
  CASE WHEN root AND (cardinality(sent_out_by) > 0 OR sent_in IS NOT NULL) THEN 'critical'
       WHEN confidence <> 'low' AND (root OR cardinality(sent_out_by) > 0 OR sent_in IS NOT NULL OR cardinality(not_allowed) > 0 OR user_count > 1) THEN 'high'
       WHEN confidence = 'low' OR tier = 'generic' THEN 'low'
       ELSE 'medium' END AS severity,
  confidence,
  kind, vendor, preview, fingerprint, rules, surfaces, entry, file, users, providers, models, sent_out_by, sent_in, sent_again, days_sent,
  first_seen AS first_exposed, rotation_steps,
  evidence
FROM exposed_secrets
WHERE (tier = 'provider' OR confidence <> 'low' OR cardinality(sent_out_by) > 0)
  -- What only authenticates a request is told to no model. A key of the client's own is a matter of its own.
  AND NOT (by_design AND NOT own_key AND NOT array_has(surfaces, 'mcp_credential'))
ORDER BY fingerprint
