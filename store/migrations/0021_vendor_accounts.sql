-- Businesses' own accounts with vendors. A row is never overwritten: a change retires it and makes another, since what was paid
-- with the old one is still looked at, taken and given back there.
CREATE TABLE vendor_accounts (
    business_id uuid NOT NULL REFERENCES businesses,
    id          uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('payments', 'calendar', 'email', 'sms')),
    vendor      text NOT NULL,
    shown       jsonb NOT NULL, -- what is no secret
    sealed      bytea NOT NULL, -- all of it, under a key of the row's own, bound to business and row
    wrapped     bytea NOT NULL, -- that key, under the deployment's of this name
    wrapped_by  text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    retired_at  timestamptz,
    PRIMARY KEY (business_id, id)
);
CREATE UNIQUE INDEX vendor_accounts_present ON vendor_accounts (business_id, kind) WHERE retired_at IS NULL;
CREATE INDEX vendor_accounts_by_kind ON vendor_accounts (kind, id); -- the reconciliation goes through those of all businesses

SELECT keep_apart('vendor_accounts');
