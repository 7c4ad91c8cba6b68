-- A stamp that every change to what is for sale moves, so that a client that asks again can be told "as before" for one look-up.
--
-- `id` is a provider's (or resource's), a service's or the business's own; whoever has no row was never changed since this was
-- made. It refers to nothing: the last change of a provider is that they are gone.
CREATE TABLE time_versions (
    business_id uuid NOT NULL,
    id          uuid NOT NULL,
    version     bigint NOT NULL, -- only ever grows; from the clock, so that a restored database does not repeat one
    PRIMARY KEY (business_id, id)
) WITH (fillfactor = 50);

-- Triggers only note whose time changes; it is stamped once, when the transaction commits: all of it in one order, so that no
-- two transactions wait for each other in a circle, and so late that they hardly wait at all.
CREATE FUNCTION note_time_of(business_id uuid, id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    noted text := coalesce(current_setting('slotkeeper.time_changed', true), '');
    entry text := business_id || '/' || id;
BEGIN
    IF strpos(noted, entry) = 0 THEN
        PERFORM set_config('slotkeeper.time_changed', concat_ws(',', nullif(noted, ''), entry), true);
    END IF;
END $$;

CREATE FUNCTION stamp_noted_times() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := current_setting('slotkeeper.time_changed', true);
BEGIN
    IF noted <> '' THEN
        INSERT INTO time_versions AS t (business_id, id, version)
        SELECT split_part(entry, '/', 1)::uuid, split_part(entry, '/', 2)::uuid, extract(epoch FROM clock_timestamp()) * 1000000
        FROM unnest(string_to_array(noted, ',')) AS noted (entry)
        ORDER BY 1, 2
        ON CONFLICT (business_id, id) DO UPDATE SET version = greatest(t.version + 1, excluded.version);
        PERFORM set_config('slotkeeper.time_changed', '', true);
    END IF;
    RETURN NULL;
END $$;

-- For rows that name whose time they are in one of their columns.
CREATE FUNCTION note_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_id uuid;
    new_id uuid;
BEGIN
    CASE TG_ARGV[0]
        WHEN 'provider_id' THEN old_id := OLD.provider_id; new_id := NEW.provider_id;
        WHEN 'service_id' THEN old_id := OLD.service_id; new_id := NEW.service_id;
        WHEN 'business_id' THEN old_id := OLD.business_id; new_id := NEW.business_id;
        WHEN 'id' THEN old_id := OLD.id; new_id := NEW.id;
    END CASE;
    IF old_id IS NOT NULL THEN PERFORM note_time_of(OLD.business_id, old_id); END IF;
    IF new_id IS NOT NULL THEN PERFORM note_time_of(NEW.business_id, new_id); END IF;
    RETURN NULL;
END $$;

-- For rows that hang on another one. Where that is gone, its own end was noted.
CREATE FUNCTION note_time_of_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_time_of(c.business_id, c.provider_id) FROM claims c
    WHERE c.business_id = OLD.business_id AND c.id = OLD.claim_id;
    PERFORM note_time_of(c.business_id, c.provider_id) FROM claims c
    WHERE c.business_id = NEW.business_id AND c.id = NEW.claim_id;
    RETURN NULL;
END $$;

CREATE FUNCTION note_time_of_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_time_of(k.business_id, k.provider_id) FROM busy_calendars k
    WHERE k.business_id = OLD.business_id AND k.id = OLD.calendar_id;
    PERFORM note_time_of(k.business_id, k.provider_id) FROM busy_calendars k
    WHERE k.business_id = NEW.business_id AND k.id = NEW.calendar_id;
    RETURN NULL;
END $$;

-- Bookings count towards limits. What has none is not stamped for them: all takers of a service would queue for that.
CREATE FUNCTION note_time_of_limited(business uuid, service uuid, givers uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_time_of(s.business_id, s.id) FROM services s
    WHERE s.business_id = business AND s.id = service AND (s.max_per_day IS NOT NULL OR s.max_per_week IS NOT NULL);
    PERFORM note_time_of(p.business_id, p.id) FROM providers p
    WHERE p.business_id = business AND p.id = ANY(givers) AND (p.max_per_day IS NOT NULL OR p.max_per_week IS NOT NULL);
END $$;

CREATE FUNCTION note_time_of_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM note_time_of_limited(OLD.business_id, OLD.service_id, OLD.provider_id || OLD.resource_ids);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM note_time_of_limited(NEW.business_id, NEW.service_id, NEW.provider_id || NEW.resource_ids);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON businesses FOR EACH ROW EXECUTE FUNCTION note_time('business_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON services FOR EACH ROW EXECUTE FUNCTION note_time('id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON service_resources
    FOR EACH ROW EXECUTE FUNCTION note_time('service_id');
-- Not when a booking is given to somebody in turn.
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OF business_id, provider_id, service_id, priority OR DELETE ON provider_services
    FOR EACH ROW EXECUTE FUNCTION note_time('service_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON providers FOR EACH ROW EXECUTE FUNCTION note_time('id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON schedule_periods
    FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON schedules FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON availability FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON time_off FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON busy_calendars
    FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON busy_times
    FOR EACH ROW EXECUTE FUNCTION note_time_of_calendar();
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON claims FOR EACH ROW EXECUTE FUNCTION note_time('provider_id');
CREATE TRIGGER note_time AFTER INSERT OR UPDATE OR DELETE ON claim_seats FOR EACH ROW EXECUTE FUNCTION note_time_of_claim();
CREATE TRIGGER note_time
    AFTER INSERT OR DELETE
        OR UPDATE OF business_id, service_id, provider_id, resource_ids, starts_at, status, hold_expires_at ON bookings
    FOR EACH ROW EXECUTE FUNCTION note_time_of_booking();

DO $$
DECLARE
    watched text;
BEGIN
    FOR watched IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'note_time' LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER stamp_time AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stamp_noted_times()', watched);
    END LOOP;
END $$;
