-- The coordination notes the school holidays of its zone, and takes back those that were noted wrong.
grant delete on holiday to lanterne_app;
