-- +++
-- doc = "Every piece of content of the lake once, at its first appearance, with how often it was sent again."
-- [columns]
-- sent_again = "Requests that carried it after the first one."
-- last_sent = "Start of the last request that carried it."
-- +++
-- The texts are read where they lie; only the choice among sightings is kept.
SELECT m.*, s.sent_again, s.last_sent
FROM lake.messages m
JOIN message_sightings s ON s.message_id = m.message_id AND s.export_key = m.export_key
