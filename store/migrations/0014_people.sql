-- People who work for businesses: their accounts, sessions and memberships, and keys that may do less than everything.

-- Only who has shown that the address is theirs has a row. Above the businesses, as sessions are: one person may work for several.
CREATE TABLE people (
    id                uuid PRIMARY KEY,
    email             text NOT NULL,
    name              text NOT NULL,
    password_hash     text NOT NULL, -- Argon2id, with its parameters
    totp_secret       bytea, -- encrypted; it counts once it is confirmed
    totp_confirmed_at timestamptz,
    totp_step         bigint, -- of the last code that was taken: none is taken twice
    created_at        timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX people_by_email ON people (lower(email));

CREATE TABLE recovery_codes (
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE memberships (
    business_id uuid NOT NULL REFERENCES businesses,
    person_id   uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'staff', 'viewer')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, person_id)
);
CREATE INDEX memberships_by_person ON memberships (person_id);

-- One log-in: a family of refresh tokens, of which the last one counts. An access token lives no longer than its session.
CREATE TABLE sessions (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    business_id uuid REFERENCES businesses, -- the one that is worked for
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_by    text CHECK (ended_by IN ('log-out', 'reuse', 'new-password')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz -- a second use ends the session
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- What a link in a mail is good for, and the mail itself: a row with `mail_due_at` is one that is still to be sent. Who asks never
-- waits for the mail, nor for a look whether the address is known: the worker looks.
CREATE TABLE one_time_tokens (
    id            uuid PRIMARY KEY,
    purpose       text NOT NULL CHECK (purpose IN ('verify', 'reset', 'invite')),
    email         text NOT NULL,
    token_hash    bytea NOT NULL UNIQUE,
    locale        text NOT NULL DEFAULT 'en',
    business_id   uuid REFERENCES businesses, -- that invites
    role          text CHECK (role IN ('owner', 'admin', 'staff', 'viewer')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    mail_due_at   timestamptz DEFAULT now(),
    mail_tries    int NOT NULL DEFAULT 0,
    mailed_at     timestamptz,
    CHECK ((purpose = 'invite') = (business_id IS NOT NULL AND role IS NOT NULL))
);
CREATE INDEX one_time_tokens_to_mail ON one_time_tokens (mail_due_at) WHERE mail_due_at IS NOT NULL;
CREATE INDEX one_time_tokens_by_email ON one_time_tokens (lower(email), mailed_at);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);

-- What people should be able to look up after an accident: log-ins, stolen tokens, changed passwords, roles and keys.
CREATE TABLE security_events (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind        text NOT NULL,
    person_id   uuid,
    business_id uuid,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX security_events_by_person ON security_events (person_id, at);
CREATE INDEX security_events_by_business ON security_events (business_id, at);

-- Without scopes a key may do everything, as every key could before there were any.
ALTER TABLE api_keys
    ADD COLUMN scopes       text[],
    ADD COLUMN expires_at   timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN replaced_by  uuid;

-- Whoever stands at the door sees people above the businesses; nobody else sees a password's hash or a token's.
CREATE FUNCTION keep_at_the_door(closed regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', closed);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', closed);
    EXECUTE format('CREATE POLICY doorkeepers ON %s TO slotkeeper_doorkeepers USING (true)', closed);
    EXECUTE format('CREATE POLICY stewards ON %s TO slotkeeper_stewards, %I USING (true)', closed, current_user);
END $$;
REVOKE ALL ON FUNCTION keep_at_the_door FROM PUBLIC;

SELECT keep_at_the_door(door) FROM unnest(ARRAY[
    'people', 'recovery_codes', 'sessions', 'refresh_tokens', 'one_time_tokens', 'security_events'
]::regclass[]) AS door;

SELECT keep_apart('memberships');
CREATE POLICY doorkeepers ON memberships TO slotkeeper_doorkeepers USING (true);
CREATE POLICY doorkeepers ON businesses TO slotkeeper_doorkeepers USING (true);
GRANT SELECT (business_id, name) ON businesses TO slotkeeper_doorkeepers;

-- What a business sees of the people who work for it, and of those whom it has invited.
CREATE POLICY tenants ON people FOR SELECT TO slotkeeper_tenants
    USING (EXISTS (SELECT FROM memberships m WHERE m.person_id = people.id)); -- of this business: its own policy says so
GRANT SELECT (id, email, name, totp_confirmed_at, created_at) ON people TO slotkeeper_tenants;
GRANT SELECT (id, email) ON people TO slotkeeper_stewards; -- who is written to
CREATE POLICY tenants ON one_time_tokens TO slotkeeper_tenants
    USING (business_id = current_setting('slotkeeper.business_id')::uuid);
GRANT SELECT (id, email, business_id, role, expires_at, used_at), INSERT ON one_time_tokens TO slotkeeper_tenants;
CREATE POLICY tenants ON security_events TO slotkeeper_tenants
    USING (business_id = current_setting('slotkeeper.business_id')::uuid);
GRANT SELECT, INSERT ON security_events TO slotkeeper_tenants;
