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
-- sent_in = "File with which it was sent out: the last read of that file in the session before had shown it; null where there is none."
-- sent_in_by = "Tool that sent that file."
-- sent_in_to = "Where to, as far as the call names it, defanged."
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
WITH weights AS (
  SELECT max(CASE sign WHEN 'root' THEN weight END) AS root, max(CASE sign WHEN 'sent_out' THEN weight END) AS sent_out, max(CASE sign WHEN 'file_sent' THEN weight END) AS file_sent,
         max(CASE sign WHEN 'not_allowed' THEN weight END) AS not_allowed, max(CASE sign WHEN 'shared' THEN weight END) AS shared,
         max(CASE sign WHEN 'providers' THEN weight END) AS providers, max(CASE sign WHEN 'days' THEN weight END) AS days,
         max(CASE sign WHEN 'days' THEN least_count END) AS days_min, max(CASE sign WHEN 'typed' THEN weight END) AS typed,
         max(CASE sign WHEN 'file' THEN weight END) AS file, max(CASE sign WHEN 'known_form' THEN weight END) AS known_form,
         max(CASE sign WHEN 'sure' THEN weight END) AS sure, max(CASE sign WHEN 'likely' THEN weight END) AS likely,
         max(CASE sign WHEN 'by_design' THEN weight END) AS by_design, max(CASE sign WHEN 'again' THEN weight END) AS again,
         max(CASE sign WHEN 'again' THEN least_count END) AS again_full
  FROM catalog_exposure_weights
),
-- The last result before a file was sent that showed secrets of it.
reads AS (
  SELECT p.fingerprint, s.path, s.tool, s.place, s.time,
         rank() OVER (PARTITION BY s.call_uid, s.path ORDER BY c.time DESC, c.seq DESC, c.call_uid) AS nth
  FROM sent_secret_files s
  JOIN secret_places p ON p.session_id = s.session_id AND p.surface = 'tool_result' AND p.tier <> 'pii'
  JOIN secret_paths r ON r.call_uid = p.call_uid AND (r.path = s.path OR ends_with(r.path, '/' || s.path) OR ends_with(s.path, '/' || r.path))
  JOIN history_calls c ON c.call_uid = p.call_uid AND (c.time < s.time OR c.time = s.time AND c.seq <= s.seq)
),
sent_files AS (
  SELECT fingerprint, first_value(path ORDER BY time, path, tool) AS sent_in, first_value(tool ORDER BY time, path, tool) AS sent_in_by,
         first_value(defang(left(place, 80)) ORDER BY time, path, tool) AS sent_in_to
  FROM reads
  WHERE nth = 1
  GROUP BY fingerprint
),
refused AS (
  SELECT p.fingerprint, array_agg(DISTINCT p.provider ORDER BY p.provider) AS not_allowed
  FROM secret_places p
  JOIN catalog_secret_providers a ON a.kind IN (p.kind, '*')
  WHERE p.tier <> 'pii' AND p.provider IS NOT NULL AND NOT array_has(a.providers, p.provider)
  GROUP BY p.fingerprint
),
joined AS (
  SELECT t.fingerprint, e.kind, e.vendor, t.rules, t.confidence, t.tier, t.root, e.preview, t.surfaces,
         e.surface AS entry_surface, e.entry, e.raw_name AS entry_tool, t.file,
         t.users, t.user_count, t.devices, t.agents, t.providers, t.provider_count, t.models, t.places, t.sent_again, t.first_seen, t.last_seen,
         greatest(t.first_seen, coalesce(w.start_time, t.first_seen)) AS first_in_window,
         t.sent_out_by, l.sent_in, l.sent_in_by, l.sent_in_to, t.typed, t.by_design, t.own_key,
         coalesce(r.not_allowed, make_array()) AS not_allowed,
         CAST(floor((CAST(t.last_seen AS BIGINT) - CAST(t.first_seen AS BIGINT)) / 86400000000.0) AS BIGINT) AS days_sent,
         e.login, e.device, e.agent, e.session_id, e.export_key, e.record_id, t.evidence, t.rule_set,
         (SELECT coalesce(min(x.url), '') FROM catalog_secret_rotation x WHERE x.vendor = e.vendor AND x.vendor <> '') AS rotation_url,
         (SELECT coalesce(min(x.steps), '') FROM catalog_secret_rotation x WHERE x.vendor = e.vendor AND x.vendor <> '') AS vendor_steps,
         (SELECT coalesce(min(x.steps), '') FROM catalog_secret_rotation x WHERE x.vendor = '' AND x.kind = e.kind) AS kind_steps
  FROM secret_spread t
  JOIN secret_places e ON e.fingerprint = t.fingerprint AND e.nth = 1
  LEFT JOIN refused r ON r.fingerprint = t.fingerprint
  LEFT JOIN sent_files l ON l.fingerprint = t.fingerprint
  LEFT JOIN run_window w ON true
  WHERE t.tier <> 'pii' AND t.in_window
)
SELECT j.* EXCEPT (vendor_steps, kind_steps),
       CASE WHEN coalesce((SELECT bool_or(k.alone) FROM catalog_secret_kinds k WHERE k.kind = j.kind), false) THEN '' ELSE coalesce(nullif(j.vendor, '') || ' ', '') END
         || coalesce((SELECT min(k.label) FROM catalog_secret_kinds k WHERE k.kind = j.kind), replace(j.kind, '-', ' ')) AS label,
       CASE WHEN vendor_steps <> '' THEN vendor_steps WHEN kind_steps <> '' THEN kind_steps
            ELSE 'Find its owner, replace it where it is used, then revoke it.' END AS rotation_steps,
       CAST(CASE WHEN j.root THEN v.root ELSE 0 END + CASE WHEN cardinality(sent_out_by) > 0 THEN v.sent_out ELSE 0 END + CASE WHEN j.sent_in IS NOT NULL THEN v.file_sent ELSE 0 END
         + CASE WHEN cardinality(j.not_allowed) > 0 THEN v.not_allowed ELSE 0 END + CASE WHEN user_count > 1 THEN v.shared ELSE 0 END
         + CASE WHEN provider_count > 1 THEN v.providers ELSE 0 END + CASE WHEN days_sent >= v.days_min THEN v.days ELSE 0 END
         + CASE WHEN j.typed THEN v.typed ELSE 0 END + CASE WHEN j.file IS NOT NULL THEN v.file ELSE 0 END
         + CASE tier WHEN 'provider' THEN v.known_form ELSE 0 END + CASE confidence WHEN 'high' THEN v.sure WHEN 'medium' THEN v.likely ELSE 0 END
         + CASE WHEN j.by_design THEN v.by_design ELSE 0 END + least(sent_again, v.again_full) * v.again / v.again_full AS BIGINT) AS exposure,
       array_remove_all(make_array(
         CASE WHEN j.root THEN 'opens everything behind it' ELSE '' END,
         CASE WHEN j.sent_in IS NOT NULL THEN 'stood in ' || left(j.sent_in, 120) || ', which ' || j.sent_in_by || ' then sent ' || coalesce('to ' || j.sent_in_to, 'out') ELSE '' END,
         CASE WHEN cardinality(sent_out_by) > 0 THEN 'was handed to ' || array_to_string(array_slice(sent_out_by, 1, 3), ', ') || ', which can send it out' ELSE '' END,
         CASE WHEN cardinality(j.not_allowed) > 0 THEN 'went to ' || array_to_string(j.not_allowed, ', ') || ', not allowed for this kind' ELSE '' END,
         CASE WHEN user_count > 1 THEN 'is in the traffic of ' || CAST(user_count AS VARCHAR) || ' users' ELSE '' END,
         CASE WHEN provider_count > 1 THEN 'was seen by ' || CAST(provider_count AS VARCHAR) || ' providers' ELSE '' END,
         CASE WHEN days_sent >= v.days_min THEN 'was still sent ' || CAST(days_sent AS VARCHAR) || ' days later' ELSE '' END,
         CASE WHEN own_key THEN 'is a key of the client''s own' ELSE '' END), '') AS exposure_reasons
FROM joined j
CROSS JOIN weights v
