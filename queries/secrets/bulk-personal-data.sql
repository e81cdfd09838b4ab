-- +++
-- title = "Many people's numbers in one text"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "One text that a model was shown holds many different personal numbers of one kind: payment cards, bank accounts, passports, national ids."
-- impact = "Data of many people has gone to a provider at once."
-- false_positives = [
--   "Generated test data with valid checksums.",
--   "A price list or log whose numbers happen to satisfy a checksum.",
-- ]
-- next_steps = [
--   "SELECT time, surface, kind, login, raw_name, preview FROM secrets WHERE tier = 'pii' AND session_id = '{session_id}' ORDER BY time",
--   "Ask {whom} why a model was told these; tell whoever answers for data protection if it was not meant.",
-- ]
-- references = []
-- tags = ["owasp-llm:2025:LLM02"]
-- [params]
-- min_distinct = 25
-- many = 250
-- [[case]]
-- name = "25 cards in one result"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p15", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p16", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p17", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p18", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p19", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p20", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p21", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p22", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p23", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p24", kind = "card", tier = "pii", source_id = "m1" },
-- ]
-- expect = [
--   { subject = "card from query", count = 25, login = "ana", severity = "medium", reason = "A tool result with 25 different numbers of the kind card, from query, went to anthropic through ana." },
-- ]
-- [[case]]
-- name = "typed"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "prompt", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p15", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p16", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p17", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p18", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p19", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p20", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p21", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p22", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p23", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p24", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p25", kind = "card", tier = "pii", source_id = "m1" },
-- ]
-- expect = [
--   { subject = "card from a prompt", count = 26 },
-- ]
-- [[case]]
-- name = "two texts are two incidents"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p15", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p16", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p17", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p18", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p19", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p20", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p21", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p22", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p23", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p24", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", occurrence_id = "m2-0", kind = "card", tier = "pii", source_id = "m2", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 }, { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p15", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p16", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p17", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p18", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p19", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p20", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p21", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p22", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p23", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p24", kind = "card", tier = "pii", source_id = "m2" },
-- ]
-- expect = [
--   { count = 25 },
--   { count = 25 },
-- ]
-- [[case]]
-- name = "24"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p15", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p16", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p17", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p18", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p19", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p20", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p21", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p22", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p23", kind = "card", tier = "pii", source_id = "m1" },
-- ]
-- expect = []
-- [[case]]
-- name = "the same number again and again"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m1" },
-- ]
-- expect = []
-- [[case]]
-- name = "three kinds"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p1", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "iban", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "iban", tier = "pii", source_id = "m1" }, { fingerprint = "p0", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p1", kind = "national-id", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "national-id", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "national-id", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "national-id", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "national-id", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "national-id", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "national-id", tier = "pii", source_id = "m1" },
-- ]
-- expect = []
-- [[case]]
-- name = "in two texts"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "pii", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m1" },
--   { fingerprint = "p0", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p1", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p2", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p3", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p4", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p5", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p6", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p7", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p8", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p9", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p10", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p11", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p12", kind = "card", tier = "pii", source_id = "m2" }, { fingerprint = "p13", kind = "card", tier = "pii", source_id = "m2" },
--   { fingerprint = "p14", kind = "card", tier = "pii", source_id = "m2" },
-- ]
-- expect = []
-- [[case]]
-- name = "secrets are no personal data"
-- secrets = [
--   { fingerprint = "p0", occurrence_id = "m1-0", kind = "card", tier = "provider", source_id = "m1", surface = "tool_result", login = "ana", device = "n1", session_id = "s", agent = "Claude Code", raw_name = "query", provider = "anthropic", time = 2026-02-10T09:00:00Z, last_sent = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sent_again = 0, occurrences = 1 },
--   { fingerprint = "p1", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p2", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p3", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p4", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p5", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p6", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p7", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p8", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p9", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p10", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p11", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p12", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p13", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p14", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p15", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p16", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p17", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p18", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p19", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p20", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p21", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p22", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p23", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p24", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p25", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p26", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p27", kind = "card", tier = "provider", source_id = "m1" }, { fingerprint = "p28", kind = "card", tier = "provider", source_id = "m1" },
--   { fingerprint = "p29", kind = "card", tier = "provider", source_id = "m1" },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing"
-- secrets = []
-- expect = []
-- +++
WITH numbers AS (
  SELECT source_id, kind, fingerprint, max(raw_name) AS raw_name, max(surface) AS surface, max(provider) AS provider, max(login) AS login,
         max(device) AS device, max(agent) AS agent, max(tool) AS tool, max(integration) AS integration, max(session_id) AS session_id,
         min(time) AS time, max(sent_again) AS sent_again, max(export_key) AS export_key, max(record_id) AS record_id
  FROM secrets
  WHERE tier = 'pii' AND source_id IS NOT NULL AND coalesce(surface, '') <> 'tool_definition'
  GROUP BY source_id, kind, fingerprint
),
texts AS (
  SELECT source_id, kind, count(*) AS numbers, max(raw_name) AS raw_name, max(surface) AS surface, max(provider) AS provider,
         max(login) AS login, max(device) AS device, max(agent) AS agent, max(tool) AS tool, max(integration) AS integration,
         max(session_id) AS session_id, min(time) AS first_time, max(time) AS last_time, max(sent_again) AS sent_again,
         max(export_key) AS export_key, max(record_id) AS record_id
  FROM numbers
  GROUP BY source_id, kind
)
SELECT
  kind || ' from ' || coalesce(raw_name, 'a ' || coalesce(replace(surface, '_', ' '), 'text')) AS subject,
  'A ' || coalesce(replace(surface, '_', ' '), 'text') || ' with ' || CAST(numbers AS VARCHAR) || ' different numbers of the kind ' || kind
    || coalesce(', from ' || raw_name, '') || ', went to ' || coalesce(provider, 'a provider that is not named') || ' through ' || coalesce(login, 'somebody') || '.' AS reason,
  first_time AS first_seen,
  last_time AS last_seen,
  numbers AS count,
  session_id, login, device, agent, tool, integration,
  source_id || ' ' || kind AS key,
  CASE WHEN numbers >= $many THEN 'high' ELSE 'medium' END AS severity,
  kind, surface, sent_again,
  make_array(evidence(export_key, record_id)) AS evidence
FROM texts
WHERE numbers >= $min_distinct
ORDER BY source_id, kind
