-- Apps that people let work for them: clients of OAuth 2.0, their codes, and the sessions that those gave.

-- Public clients: none has a secret, each shows by PKCE that it is the one that began.
CREATE TABLE oauth_clients (
    client_id     uuid PRIMARY KEY,
    business_id   uuid REFERENCES businesses, -- null: of whoever runs the deployment, for all businesses and for customers
    name          text NOT NULL,
    redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) > 0),
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oauth_clients_by_business ON oauth_clients (business_id, client_id);

ALTER TABLE sessions ADD COLUMN client_id uuid REFERENCES oauth_clients ON DELETE CASCADE; -- null: the person's own
CREATE INDEX sessions_by_client ON sessions (client_id) WHERE client_id IS NOT NULL;

CREATE TABLE authorisation_codes (
    code_hash      bytea PRIMARY KEY,
    client_id      uuid NOT NULL REFERENCES oauth_clients ON DELETE CASCADE,
    person_id      uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    business_id    uuid REFERENCES businesses, -- null: as a customer
    redirect_uri   text NOT NULL,
    code_challenge text NOT NULL,
    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    session_id     uuid REFERENCES sessions ON DELETE SET NULL -- what the first use gave, and a second one ends
);
CREATE INDEX authorisation_codes_by_end ON authorisation_codes (expires_at);

SELECT keep_at_the_door(door) FROM unnest(ARRAY['oauth_clients', 'authorisation_codes']::regclass[]) AS door;

-- A business keeps its own clients, and sees no other.
CREATE POLICY tenants ON oauth_clients TO slotkeeper_tenants
    USING (business_id = current_setting('slotkeeper.business_id')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_clients TO slotkeeper_tenants;

-- Where somebody has booked whose address is known to be theirs. Only whoever stands at the door may ask, and hears nothing else.
CREATE INDEX customers_by_address ON customers (lower(email));
CREATE FUNCTION businesses_of_customer(address text, account bytea) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT business_id FROM public.customers WHERE account_hash = account
    UNION
    SELECT business_id FROM public.customers WHERE lower(email) = lower(address) -- from before they were sealed
$$;
REVOKE ALL ON FUNCTION businesses_of_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION businesses_of_customer TO slotkeeper_doorkeepers;

-- A business's own identity provider, by OpenID Connect.
CREATE TABLE sso_connections (
    business_id   uuid PRIMARY KEY REFERENCES businesses,
    name          text NOT NULL,
    issuer        text NOT NULL,
    client_id     text NOT NULL,
    client_secret bytea NOT NULL, -- encrypted for this business
    changed_at    timestamptz NOT NULL DEFAULT now()
);

-- Whom a provider means by which subject; kept from the first log-in on, whatever becomes of addresses there.
CREATE TABLE sso_identities (
    business_id uuid NOT NULL REFERENCES businesses,
    issuer      text NOT NULL,
    subject     text NOT NULL,
    person_id   uuid NOT NULL,
    linked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, issuer, subject),
    UNIQUE (business_id, issuer, person_id),
    FOREIGN KEY (business_id, person_id) REFERENCES memberships ON DELETE CASCADE -- who joins again is linked again
);

-- Somebody who was sent to a provider. What proves the answer is derived from the state, of which only the hash is kept.
CREATE TABLE sso_attempts (
    state_hash  bytea PRIMARY KEY,
    business_id uuid NOT NULL REFERENCES businesses,
    issuer      text NOT NULL,
    mark_hash   bytea NOT NULL, -- of the browser
    wish        jsonb NOT NULL, -- what the app asked for
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX sso_attempts_by_end ON sso_attempts (expires_at);

SELECT keep_at_the_door(door) FROM unnest(ARRAY['sso_connections', 'sso_identities', 'sso_attempts']::regclass[]) AS door;
CREATE POLICY tenants ON sso_connections TO slotkeeper_tenants
    USING (business_id = current_setting('slotkeeper.business_id')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sso_connections TO slotkeeper_tenants;
