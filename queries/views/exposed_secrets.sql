-- +++
-- doc = "Every secret that the window shows to a model, first or again, as one row: how it got in, through whom, to which provider, and what became of it. Personal data is not in it. Never the secret."
-- materialise = true
-- [columns]
-- rules = "Rules that found it."
-- surfaces = "Surfaces that showed it."
-- entry_surface = "Surface of its first appearance."
-- entry = "How it got in, as the end of the sentence `it …`."
-- entry_tool = "Tool that brought it, where one did."
-- file = "Name of a place that usually holds secrets and that the call which brought it names; null where there is none."
-- users = "Logins whose traffic held it, in order of first appearance: candidates for its owner."
-- user_count = "Number of these logins; the people behind a shared identity count as one."
-- devices = "Devices whose traffic held it."
-- agents = "Agents that sent it."
-- providers = "Providers that received it."
-- provider_count = "Number of providers."
-- models = "Models that received it."
-- places = "Messages, calls, headers and credentials that hold it."
-- sent_again = "Requests that carried it after the first one. Within a conversation the place that was carried most counts."
-- first_seen = "First appearance in the lake."
-- last_seen = "Last request that carried it, in the lake."
-- first_in_window = "First request of the window that carried it, as far as it is known: its first appearance, or the start of the window for one that came before."
-- sent_out_by = "Tools whose arguments held it and that send data out; a shell counts when its command names a program that does."
-- typed = "A person, or whatever speaks for one, put it into a prompt."
-- by_design = "It only stands in headers or in credentials of a request body, where it authenticates and no model reads it."
-- own_key = "A request header that authenticates against the provider holds it: a client uses its own key through the gateway."
-- not_allowed = "Providers that received it and that the catalogue does not allow for its kind."
-- days_sent = "Days from its first to its last appearance."
-- rotation_url = "Where it is revoked."
-- rotation_steps = "What to do about it."
-- evidence = "Records that first show its places, in the form of the column of that name in findings."
-- label = "What it is in words, with its vendor where that says something."
-- kind = "What it is: `cloud-key`, `token`, `password`, `private-key` and so on."
-- login = "Login of its first appearance."
-- root = "It opens everything: a private key, a root credential of a cloud."
-- exposure = "Order of the rotation list, highest first."
-- exposure_reasons = "What makes the exposure what it is."
-- +++
WITH places AS (
  SELECT s.*,
         row_number() OVER (PARTITION BY s.fingerprint ORDER BY s.time, s.export_key, s.record_id, s.position, s.part, s.occurrence_id) AS nth,
         s.surface = 'header' AND s.direction = 'request'
           AND s.path IN ('authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token', '?key', '?api_key', '?api-key', '?access_token') AS is_own_key,
         s.surface = 'tool_arguments'
           AND (coalesce(l.egress, false)
                OR coalesce(l.executes, false)
                   AND regexp_like(lower(s.arguments), '(^|[^a-z0-9_.-])(curl|wget|http|https|httpie|xh|scp|sftp|rsync|ftp|nc|ncat|socat|ssh|psql|mysql|mongosh|redis-cli|gh|git push|invoke-webrequest|invoke-restmethod)[ "\\]')) AS is_sent_out,
         f.name AS file, f.path AS file_path
  FROM history_secrets s
  LEFT JOIN tool_labels l ON l.integration = s.integration AND l.tool = s.tool
  LEFT JOIN (
    SELECT s.occurrence_id, min(p.name) AS name,
           -- The path as the call names it: the word around the first mark.
           left(min(nullif(regexp_replace(regexp_match(left(s.arguments, 4000), '([^\s"\\;|&=(){}]*(' || p.pattern || '))', 'i')[1], '^["\s=]+|["\s\\;|&)=]+$', '', 'g'), '')), 120) AS path
    FROM history_secrets s
    JOIN catalog_secret_files p ON regexp_like(lower(left(s.arguments, 4000)), p.pattern)
    WHERE s.surface = 'tool_result'
    GROUP BY s.occurrence_id
  ) f ON f.occurrence_id = s.occurrence_id
  WHERE s.tier <> 'pii'
),
seen AS (
  SELECT p.fingerprint
  FROM places p
  LEFT JOIN run_window w ON true
  WHERE (w.end_time IS NULL OR p.time < w.end_time) AND (w.start_time IS NULL OR p.last_sent >= w.start_time)
  GROUP BY p.fingerprint
),
people AS (
  SELECT fingerprint, array_agg(login ORDER BY first_time, login) AS users, count(*) AS user_count
  FROM (SELECT fingerprint, login, min(time) AS first_time FROM places GROUP BY fingerprint, login) x
  GROUP BY fingerprint
),
shown AS (
  SELECT fingerprint, array_agg(evidence ORDER BY nth, evidence) AS evidence
  FROM (SELECT fingerprint, export_key || coalesce('#' || CAST(record_id AS VARCHAR), '') AS evidence, min(nth) AS nth
        FROM places GROUP BY fingerprint, export_key, record_id) x
  GROUP BY fingerprint
),
carried AS (
  SELECT fingerprint, sum(again) AS sent_again
  FROM (SELECT fingerprint, session_id, conversation_id, max(sent_again) AS again FROM places GROUP BY fingerprint, session_id, conversation_id) x
  GROUP BY fingerprint
),
refused AS (
  SELECT p.fingerprint, array_agg(DISTINCT p.provider ORDER BY p.provider) AS not_allowed
  FROM places p
  JOIN catalog_secret_providers a ON a.kind IN (p.kind, '*')
  WHERE p.provider IS NOT NULL AND NOT array_has(a.providers, p.provider)
  GROUP BY p.fingerprint
),
totals AS (
  SELECT fingerprint,
         array_agg(DISTINCT rule ORDER BY rule) AS rules,
         array_agg(DISTINCT surface ORDER BY surface) AS surfaces,
         array_agg(DISTINCT device ORDER BY device) AS devices,
         array_agg(DISTINCT agent ORDER BY agent) AS agents,
         array_agg(DISTINCT provider ORDER BY provider) FILTER (WHERE provider IS NOT NULL) AS providers,
         count(DISTINCT provider) AS provider_count,
         array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL) AS models,
         count(*) AS places, min(time) AS first_seen, max(last_sent) AS last_seen,
         array_agg(DISTINCT raw_name ORDER BY raw_name) FILTER (WHERE is_sent_out) AS sent_out_by,
         coalesce(bool_or(surface = 'prompt'), false) AS typed,
         bool_and(surface IN ('header', 'mcp_credential')) AS by_design,
         coalesce(bool_or(is_own_key), false) AS own_key,
         coalesce(bool_or(root), false) AS root,
         min(file) AS file,
         CASE max(CASE confidence WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence,
         CASE WHEN bool_or(tier = 'provider') THEN 'provider' ELSE 'generic' END AS tier,
         min(rule_set) AS rule_set
  FROM places
  GROUP BY fingerprint
),
joined AS (
  SELECT t.fingerprint, e.kind, e.vendor, t.rules, t.confidence, t.tier, t.root, e.preview, t.surfaces,
         e.surface AS entry_surface,
         CASE e.surface
           WHEN 'prompt' THEN 'was put into a prompt'
           WHEN 'system' THEN 'stands in a system prompt'
           WHEN 'tool_result' THEN 'came back from the tool ' || coalesce(e.raw_name, 'of an earlier call') || coalesce(', which read ' || e.file || coalesce(' (' || e.file_path || ')', ''), '')
           WHEN 'tool_arguments' THEN 'was written by the model into the arguments of ' || coalesce(e.raw_name, 'a tool')
           WHEN 'tool_definition' THEN 'stands in the definition of a tool'
           WHEN 'answer' THEN 'was written by the model into an answer'
           WHEN 'mcp_credential' THEN 'authenticates an MCP server in request bodies'
           ELSE CASE WHEN e.direction = 'response' THEN 'came in the response header ' ELSE 'stands in the request header ' END || coalesce(e.path, '')
         END AS entry,
         e.raw_name AS entry_tool, t.file,
         p.users, p.user_count, t.devices, t.agents, coalesce(t.providers, make_array()) AS providers, t.provider_count,
         coalesce(t.models, make_array()) AS models, t.places, c.sent_again, t.first_seen, t.last_seen,
         greatest(t.first_seen, coalesce(w.start_time, t.first_seen)) AS first_in_window,
         coalesce(t.sent_out_by, make_array()) AS sent_out_by, t.typed, t.by_design, t.own_key,
         coalesce(r.not_allowed, make_array()) AS not_allowed,
         CAST(floor((CAST(t.last_seen AS BIGINT) - CAST(t.first_seen AS BIGINT)) / 86400000000.0) AS BIGINT) AS days_sent,
         e.login, e.device, e.agent, e.session_id, e.export_key, e.record_id, h.evidence, t.rule_set,
         (SELECT coalesce(min(x.url), '') FROM catalog_secret_rotation x WHERE x.vendor = e.vendor AND x.vendor <> '') AS rotation_url,
         (SELECT coalesce(min(x.steps), '') FROM catalog_secret_rotation x WHERE x.vendor = e.vendor AND x.vendor <> '') AS vendor_steps,
         (SELECT coalesce(min(x.steps), '') FROM catalog_secret_rotation x WHERE x.vendor = '' AND x.kind = e.kind) AS kind_steps
  FROM totals t
  JOIN seen s ON s.fingerprint = t.fingerprint
  JOIN places e ON e.fingerprint = t.fingerprint AND e.nth = 1
  JOIN people p ON p.fingerprint = t.fingerprint
  JOIN shown h ON h.fingerprint = t.fingerprint
  JOIN carried c ON c.fingerprint = t.fingerprint
  LEFT JOIN refused r ON r.fingerprint = t.fingerprint
  LEFT JOIN run_window w ON true
)
SELECT j.* EXCEPT (vendor_steps, kind_steps),
       CASE WHEN coalesce((SELECT bool_or(k.alone) FROM catalog_secret_kinds k WHERE k.kind = j.kind), false) THEN '' ELSE coalesce(nullif(j.vendor, '') || ' ', '') END
         || coalesce((SELECT min(k.label) FROM catalog_secret_kinds k WHERE k.kind = j.kind), replace(j.kind, '-', ' ')) AS label,
       CASE WHEN vendor_steps <> '' THEN vendor_steps WHEN kind_steps <> '' THEN kind_steps
            ELSE 'Find its owner, replace it where it is used, then revoke it.' END AS rotation_steps,
       CAST(CASE WHEN root THEN 100 ELSE 0 END + CASE WHEN cardinality(sent_out_by) > 0 THEN 80 ELSE 0 END
         + CASE WHEN cardinality(not_allowed) > 0 THEN 60 ELSE 0 END + CASE WHEN user_count > 1 THEN 30 ELSE 0 END
         + CASE WHEN provider_count > 1 THEN 30 ELSE 0 END + CASE WHEN days_sent >= 2 THEN 15 ELSE 0 END
         + CASE WHEN typed THEN 10 ELSE 0 END + CASE WHEN file IS NOT NULL THEN 10 ELSE 0 END
         + CASE tier WHEN 'provider' THEN 40 ELSE 0 END + CASE confidence WHEN 'high' THEN 20 WHEN 'medium' THEN 10 ELSE 0 END
         - CASE WHEN by_design THEN 40 ELSE 0 END + least(sent_again, 100) / 10 AS BIGINT) AS exposure,
       array_remove_all(make_array(
         CASE WHEN root THEN 'opens everything behind it' ELSE '' END,
         CASE WHEN cardinality(sent_out_by) > 0 THEN 'was handed to ' || array_to_string(array_slice(sent_out_by, 1, 3), ', ') || ', which can send it out' ELSE '' END,
         CASE WHEN cardinality(not_allowed) > 0 THEN 'went to ' || array_to_string(not_allowed, ', ') || ', not allowed for this kind' ELSE '' END,
         CASE WHEN user_count > 1 THEN 'is in the traffic of ' || CAST(user_count AS VARCHAR) || ' users' ELSE '' END,
         CASE WHEN provider_count > 1 THEN 'was seen by ' || CAST(provider_count AS VARCHAR) || ' providers' ELSE '' END,
         CASE WHEN days_sent >= 2 THEN 'was still sent ' || CAST(days_sent AS VARCHAR) || ' days later' ELSE '' END,
         CASE WHEN own_key THEN 'is a key of the client''s own' ELSE '' END), '') AS exposure_reasons
FROM joined j
