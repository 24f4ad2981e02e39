"""Open order pages hear of changes: which pages are open, and the trigger that tells of those alone.

A notification makes commits take turns, so a change that nobody watches must not send one. The table is a cache that
may be lost at any moment, hence unlogged; web processes write their pages into it anew every few minutes.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

OPEN = """
CREATE UNLOGGED TABLE live_pages (id uuid PRIMARY KEY, merchant_id uuid NOT NULL, until timestamptz NOT NULL)
WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500)
"""
# A hundred pages fit into one notification, which holds 8,000 bytes.
TELL = """
CREATE FUNCTION tell_live_pages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    FOR told IN
        SELECT string_agg(page.words, ' ')
        FROM (
            SELECT c.id || ':' || c.version AS words, row_number() OVER () / 100 AS part
            FROM changed c JOIN live_pages l ON l.id = c.id
        ) AS page
        GROUP BY page.part
    LOOP
        PERFORM pg_notify('doorstep_live', told);
    END LOOP;
    RETURN NULL;
END
$$
"""
WATCH = """
CREATE TRIGGER order_pages_live AFTER UPDATE ON order_pages
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_live_pages()
"""


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0011_privacy")]

    operations = [ops.RunSQL(sql=one) for one in (OPEN, TELL, WATCH)]
