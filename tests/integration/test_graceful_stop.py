"""SIGTERM while requests are under way: what was accepted is answered, what was answered is kept, and the status is 0."""
import concurrent.futures
import signal
import threading

from conftest import Workshop, built_site

CLIENTS = 16
REQUESTS = 12  # of each client


def test_what_was_accepted_is_finished(programs, tmp_path):
    with built_site(programs, tmp_path) as site:
        workshop = Workshop(site)
        batches = [[workshop.request(f"dns:{workshop.host()}") for _ in range(REQUESTS)] for _ in range(CLIENTS)]
        some_answered = threading.Semaphore(0)

        def send(requests):
            client, answers = workshop.client(site.operator), []
            for csr in requests:
                answers.append(client.request_certificate(csr, profile="service", identity="busy"))
                some_answered.release()
            return answers

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            sent = [pool.submit(send, batch) for batch in batches]
            for _ in range(CLIENTS):
                assert some_answered.acquire(timeout=30)
            site.ca.process.signal(signal.SIGTERM)
            assert site.ca.process.wait(timeout=20) == 0, site.ca.process.tail()
            answers = [answer for batch in sent for answer in batch.result()]

        issued = {answer.json()["data"]["serial"] for answer in answers if answer.status_code == 201}
        refused = {answer.status_code for answer in answers if answer.status_code != 201}
        assert issued and refused == {503}, "the stop came too late or too early to show anything"
        recorded = {serial for serial, status in workshop.ledger.serials().items() if status == "valid"}
        before = {serial for serial, in workshop.ledger.query(
            "SELECT serial FROM certificate_status JOIN certificates USING (id) WHERE identity <> 'busy'")}
        assert recorded - before == issued  # nothing lost, and nothing issued that nobody was told of
        assert workshop.ledger.query("SELECT count(*) FROM intents") == [(0,)]
        site.ca.verify_audit()
