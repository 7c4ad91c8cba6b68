-- How often the appointment was changed after it was confirmed: iCalendar's SEQUENCE, and what tells a second message of a kind
-- from the first.
ALTER TABLE bookings ADD COLUMN sequence int NOT NULL DEFAULT 0 CHECK (sequence >= 0);

-- A reminder belongs to one state of its appointment; after a reschedule it is another one.
ALTER TABLE reminders ADD COLUMN sequence int NOT NULL DEFAULT 0;

-- In which language to write to those who have none of their own: the providers, and customers in a language we cannot write.
ALTER TABLE businesses ADD COLUMN locale text NOT NULL DEFAULT 'en';
