-- What a business says of itself, and which web pages may ask for its times.
ALTER TABLE businesses
    ADD COLUMN origins     text[] NOT NULL DEFAULT '{}', -- scheme://host[:port], as browsers write it
    ADD COLUMN currency    text CHECK (currency ~ '^[A-Z]{3}$'), -- that services are priced in; any where it is null
    ADD COLUMN languages   text[] NOT NULL DEFAULT '{}', -- that its customers are written to in; all of ours where it is empty
    ADD COLUMN email       text,
    ADD COLUMN phone       text,
    ADD COLUMN website     text,
    ADD COLUMN address     text,
    ADD COLUMN about       text,
    ADD COLUMN brand_name  text,
    ADD COLUMN brand_color text CHECK (brand_color ~ '^#[0-9a-f]{6}$'),
    ADD COLUMN text_color  text CHECK (text_color ~ '^#[0-9a-f]{6}$'),
    ADD COLUMN logo_url    text;
CREATE INDEX businesses_by_origin ON businesses USING gin (origins);

-- A browser asks before it sends a credential or a body. Whether a page may ask is no secret: the page finds out by asking.
CREATE FUNCTION is_listed_origin(origin text, business uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT FROM public.businesses b WHERE b.origins @> ARRAY[origin] AND (business IS NULL OR b.business_id = business))
$$;
REVOKE ALL ON FUNCTION is_listed_origin FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_listed_origin TO slotkeeper_tenants, slotkeeper_stewards;
