-- +++
-- doc = "Every place of the lake that showed a secret to a model, once, with the tool that brought it and the requests that sent it again. Never the secret."
-- materialise = true
-- [columns]
-- agent = "Agent of the request."
-- call_uid = "The call whose arguments hold it, or that the result answers; null for other surfaces."
-- raw_name = "Name of that call's tool, exactly as on the wire."
-- integration = "What brings that tool."
-- tool = "Name of that tool without any server prefix."
-- seq = "Position of that call among the calls of its conversation, from 1."
-- arguments = "Arguments of that call."
-- outcome = "What came of that call: attempted, ok, error or refused."
-- sent_again = "Requests that carried it after the first one: a conversation sends what was said again with every request."
-- last_sent = "Start of the last request that carried it."
-- shared_identity = "Whether the login stands for more than one person."
-- +++
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY occurrence_id ORDER BY time, export_key, record_id) AS nth_sighting,
         max(last_time) OVER (PARTITION BY occurrence_id) AS all_last
  FROM lake.secrets
),
counted AS (
  SELECT occurrence_id, sum(requests) AS requests
  FROM lake.secrets
  WHERE requests IS NOT NULL AND export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY occurrence_id
),
carried AS (
  SELECT c.element_id, sum(c.requests) AS requests, max(c.last_time) AS last_time
  FROM lake.carries c
  WHERE c.element_id IN (SELECT element_id FROM lake.secrets WHERE element_id IS NOT NULL)
    AND c.export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY c.element_id
),
offered AS (
  SELECT definition_id, sum(requests) AS requests, max(last_time) AS last_time
  FROM lake.tool_offers
  WHERE definition_id IN (SELECT source_id FROM lake.secrets WHERE surface = 'tool_definition')
    AND export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY definition_id
),
answered AS (
  SELECT *, row_number() OVER (PARTITION BY result_message_id ORDER BY time, export_key, record_id, call_uid) AS nth
  FROM history_tool_calls
  WHERE result_message_id IS NOT NULL
)
SELECT s.* EXCEPT (nth_sighting, all_last), coalesce(g.agent, 'unknown') AS agent,
       coalesce(c.call_uid, a.call_uid) AS call_uid, coalesce(c.raw_name, a.raw_name) AS raw_name,
       coalesce(c.integration, a.integration) AS integration,
       coalesce(c.integration_kind, a.integration_kind) AS integration_kind, coalesce(c.tool, a.tool) AS tool,
       coalesce(c.seq, a.seq) AS seq, coalesce(c.arguments, a.arguments) AS arguments,
       coalesce(c.outcome, a.outcome) AS outcome,
       CAST(greatest(coalesce(n.requests, e.requests, o.requests, 1) - 1, 0) AS BIGINT) AS sent_again,
       greatest(coalesce(s.all_last, e.last_time, o.last_time, s.time), s.time) AS last_sent,
       starts_with(s.login, 'tag:') AS shared_identity
FROM ranked s
LEFT JOIN counted n ON n.occurrence_id = s.occurrence_id
LEFT JOIN carried e ON e.element_id = s.element_id
LEFT JOIN offered o ON s.surface = 'tool_definition' AND o.definition_id = s.source_id
LEFT JOIN request_agents g
  ON g.export_key = s.export_key AND g.record_id = coalesce(s.record_id, -1) AND g.user_agent = coalesce(s.user_agent, '')
LEFT JOIN call_sightings k ON s.surface = 'tool_arguments' AND k.call_uid = s.source_id AND k.export_key = s.export_key
LEFT JOIN history_tool_calls c ON c.call_uid = k.kept_uid
LEFT JOIN answered a ON s.surface = 'tool_result' AND a.result_message_id = s.source_id AND a.nth = 1
WHERE s.nth_sighting = 1 AND (s.surface <> 'tool_arguments' OR c.call_uid IS NOT NULL)
