"""What each folded figure is, worked out of the whole lake: a query each, which tells its keys and then its counters.

`EVENTS` is read by all of them: the lake's rows, each event once, with what queries ask for by name. Nothing of a
caller becomes part of a query.
"""

EVENTS = """
CREATE VIEW events AS SELECT *, happened_at[:10] AS day, happened_at[:7] AS month,
  name IN ('session.started', 'session.continued') AS is_visit,
  name IN ('payment.confirmed', 'subscription.renewed') AS is_paid, name = 'refund.made' AS is_refund,
  (more ->> '$.course_id') AS course_id, (more ->> '$.product') AS product, (more ->> '$.country') AS country,
  (more ->> '$.first_time') = 'true' AS is_new, (more ->> '$.seconds')::BIGINT AS seconds,
  (more ->> '$.is_first') = 'true' AND (more ->> '$.seconds') IS NOT NULL AS is_first
FROM '{folder}/*.parquet'
"""
COUNTS = """
SELECT day,
  count(*) FILTER (name = 'user.registered') AS registered,
  count(*) FILTER (name = 'question.submitted') AS questions_submitted,
  count(*) FILTER (name = 'question.approved' AND is_new) AS questions_approved,
  count(*) FILTER (name = 'question.answered') AS answers,
  count(*) FILTER (is_first) AS first_answers, coalesce(sum(seconds) FILTER (is_first), 0) AS answer_seconds,
  count(*) FILTER (name = 'course.enrolled') AS enrolled,
  count(*) FILTER (name = 'course.left') AS leavers,
  count(*) FILTER (name = 'course.completed') AS completed,
  count(*) FILTER (name = 'lesson.completed') AS lessons,
  count(*) FILTER (name = 'exam.completed') AS exams,
  count(*) FILTER (name = 'assignment.submitted') AS submissions,
  count(*) FILTER (name = 'content.downloaded') AS downloads
FROM events GROUP BY day
"""
VISITS = """
WITH seen AS (SELECT DISTINCT person, day::DATE AS day FROM events WHERE is_visit),
firsts AS (SELECT min(day) AS day FROM seen GROUP BY person),
days AS (SELECT unnest(range(min(day), max(day) + INTERVAL 30 DAY, INTERVAL 1 DAY))::DATE AS day FROM seen)
SELECT days.day::VARCHAR AS day,
  count(DISTINCT person) FILTER (seen.day = days.day) AS active,
  count(DISTINCT person) FILTER (seen.day > days.day - 7) AS active_7,
  count(DISTINCT person) AS active_30,
  (SELECT count(*) FROM firsts WHERE firsts.day = days.day) AS newcomers
FROM days JOIN seen ON seen.day > days.day - 30 AND seen.day <= days.day GROUP BY days.day
"""
RETENTION = """
WITH seen AS (
  SELECT DISTINCT person, grain, date_trunc(grain, day::DATE)::DATE AS span
  FROM events, (VALUES ('week'), ('month')) AS grains(grain) WHERE is_visit
), firsts AS (SELECT person, grain, min(span) AS first FROM seen GROUP BY ALL)
SELECT grain, left(first::VARCHAR, CASE grain WHEN 'week' THEN 10 ELSE 7 END) AS cohort,
  date_diff(grain, first, span) AS later, count(*) AS users
FROM seen JOIN firsts USING (person, grain) WHERE later <= CASE grain WHEN 'week' THEN 104 ELSE 24 END GROUP BY ALL
"""
COURSES = """
SELECT month, course_id,
  count(*) FILTER (name = 'course.enrolled') AS enrolled, count(*) FILTER (name = 'course.completed') AS completed,
  count(*) FILTER (name = 'course.left') AS leavers, count(*) FILTER (name = 'lesson.completed') AS lessons
FROM events WHERE name IN ('course.enrolled', 'course.completed', 'course.left', 'lesson.completed') GROUP BY ALL
"""
SALES = """
WITH legs AS (
  SELECT event_id, day,
    unnest(from_json(more -> '$.legs', '[{"account":"VARCHAR","amount":"BIGINT","currency":"VARCHAR"}]')) AS leg
  FROM events WHERE name = 'ledger.posted'
), booked AS (
  SELECT event_id, day, leg.currency AS currency, leg.account AS account, leg.amount AS amount FROM legs
  WHERE account IN ('revenue', 'tax', 'discount', 'proration', 'refunds', 'disputes', 'fees', 'commission')
)
SELECT day, currency, count(DISTINCT event_id) AS entries,
  coalesce(-sum(amount) FILTER (account = 'revenue'), 0) AS revenue,
  coalesce(-sum(amount) FILTER (account = 'tax'), 0) AS tax,
  coalesce(sum(amount) FILTER (account = 'discount'), 0) AS discount,
  coalesce(sum(amount) FILTER (account = 'proration'), 0) AS proration,
  coalesce(sum(amount) FILTER (account = 'refunds'), 0) AS refunds,
  coalesce(sum(amount) FILTER (account = 'disputes'), 0) AS disputes,
  coalesce(sum(amount) FILTER (account = 'fees'), 0) AS fees,
  coalesce(sum(amount) FILTER (account = 'commission'), 0) AS commission
FROM booked GROUP BY ALL
"""
FUNNEL = """
WITH cohorts AS (SELECT person, min(month) AS cohort FROM events WHERE person IS NOT NULL GROUP BY person)
SELECT cohort,
  count(DISTINCT person) FILTER (name = 'user.registered') AS registered,
  count(DISTINCT person) FILTER (name = 'user.verified') AS verified,
  count(DISTINCT person) FILTER (name = 'session.started') AS signed_in,
  count(DISTINCT person) FILTER (name = 'course.enrolled') AS enrolled,
  count(DISTINCT person) FILTER (name IN ('lesson.completed', 'exam.completed')) AS studied,
  count(DISTINCT person) FILTER (is_paid) AS paid,
  count(DISTINCT person) FILTER (name = 'course.completed') AS completed
FROM events JOIN cohorts USING (person) GROUP BY cohort
"""
PRODUCTS = """
SELECT month, currency, product,
  count(*) FILTER (is_paid) AS orders, coalesce(sum(amount) FILTER (is_paid), 0) AS amount,
  count(*) FILTER (name = 'subscription.renewed') AS renewals,
  count(*) FILTER (is_refund) AS refunds, coalesce(sum(amount) FILTER (is_refund), 0) AS refunded
FROM events WHERE is_paid OR is_refund GROUP BY ALL
"""
COUNTRIES = """
WITH paid AS (
  SELECT *, row_number() OVER (PARTITION BY person ORDER BY happened_at, event_id) AS place FROM events WHERE is_paid
)
SELECT month, country, currency, count(*) AS orders, sum(amount) AS amount,
  count(*) FILTER (place = 1) AS newcomers
FROM paid GROUP BY ALL
"""
COHORT_SALES = """
WITH cohorts AS (SELECT person, min(month) AS cohort FROM events WHERE person IS NOT NULL GROUP BY person)
SELECT cohort, greatest(0, date_diff('month', (cohort || '-01')::DATE, day::DATE)) AS later, currency,
  count(*) FILTER (is_paid) AS orders, sum(CASE WHEN is_paid THEN amount ELSE -amount END) AS amount
FROM events JOIN cohorts USING (person) WHERE is_paid OR is_refund GROUP BY ALL
"""
