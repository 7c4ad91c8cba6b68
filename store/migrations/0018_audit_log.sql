-- What staff have looked at and done. Each line's hash is keyed and takes in the one before: what is changed, removed or put between
-- is found (store/audit.py).
CREATE TABLE audit_log (
    business_id uuid NOT NULL REFERENCES businesses,
    seq         bigint NOT NULL,
    at          timestamptz NOT NULL,
    who         text NOT NULL, -- key:… or person:…
    route       text NOT NULL, -- as it is declared
    named       jsonb NOT NULL, -- the ids in its address
    address     text, -- that it came from
    hash        bytea NOT NULL,
    PRIMARY KEY (business_id, seq)
);

-- The last line of each business, so that one that is missing at the end is missed. Whoever writes waits here.
CREATE TABLE audit_heads (
    business_id uuid PRIMARY KEY REFERENCES businesses,
    seq         bigint NOT NULL,
    hash        bytea NOT NULL
);

SELECT keep_apart('audit_log');
SELECT keep_apart('audit_heads');

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

-- The one way to say what a line says.
CREATE FUNCTION audit_line(line audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(
        line.business_id, line.seq, to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        line.who, line.route, line.named, line.address)::text, 'UTF8')
$$;

-- HMAC-SHA-256 (RFC 2104) in two halves of a key, since PostgreSQL has none of its own: one round trip for a line.
CREATE FUNCTION audit_hash(inner_key bytea, outer_key bytea, before bytea, line audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(outer_key || sha256(inner_key || before || audit_line(line)))
$$;

CREATE FUNCTION note_audit(
    inner_key bytea, outer_key bytea, whose uuid, by_whom text, asked text, ids jsonb, came_from text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bytea;
    line audit_log;
BEGIN
    INSERT INTO audit_heads (business_id, seq, hash) VALUES (whose, 0, '')
        ON CONFLICT (business_id) DO UPDATE SET seq = audit_heads.seq
        RETURNING seq, hash INTO line.seq, before;
    line.business_id := whose;
    line.seq := line.seq + 1;
    line.at := clock_timestamp();
    line.who := by_whom;
    line.route := asked;
    line.named := ids;
    line.address := came_from;
    line.hash := audit_hash(inner_key, outer_key, before, line);
    INSERT INTO audit_log SELECT line.*;
    UPDATE audit_heads SET seq = line.seq, hash = line.hash WHERE business_id = whose;
    RETURN line.seq;
END $$;
