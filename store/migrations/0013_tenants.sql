-- Each business sees its own rows only, whatever a statement says. Who may see more is a role of its own (store/logins.py).

-- The one place where a table is closed: call it for each new table that has a business_id. Tenants see the rows of the business
-- that store/tenants.py has named; where none is named, the cast fails. The owner's migrations and stewards see all.
-- current_setting() is stable: a plan has it as the value of an index condition, once a scan.
CREATE FUNCTION keep_apart(closed regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', closed);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', closed);
    EXECUTE format('CREATE POLICY tenants ON %s TO slotkeeper_tenants'
                   ' USING (business_id = current_setting(''slotkeeper.business_id'')::uuid)', closed);
    EXECUTE format('CREATE POLICY stewards ON %s TO slotkeeper_stewards, %I USING (true)', closed, current_user);
END $$;
REVOKE ALL ON FUNCTION keep_apart FROM PUBLIC;

DO $$
DECLARE
    found regclass;
BEGIN
    FOR found IN
        SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND a.attname = 'business_id' AND NOT a.attisdropped
    LOOP
        PERFORM keep_apart(found);
    END LOOP;
END $$;

-- Who comes without a credential knows a service's id. It says whose that is, and nothing else.
CREATE FUNCTION business_of_service(service uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT business_id FROM public.services WHERE id = service LIMIT 1
$$;
REVOKE ALL ON FUNCTION business_of_service FROM PUBLIC;
GRANT EXECUTE ON FUNCTION business_of_service TO slotkeeper_tenants, slotkeeper_stewards;
