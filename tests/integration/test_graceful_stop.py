"""SIGTERM while requests are under way: what was accepted is answered, what was answered is kept, and the status is 0."""
import concurrent.futures
import signal
import threading

from conftest import Workshop, built_site

CLIENTS = 16
MOST_REQUESTS = 2000  # of each client, should the stop never come


def test_what_was_accepted_is_finished(programs, tmp_path):
    with built_site(programs, tmp_path) as site:
        workshop = Workshop(site)
        requests = [workshop.request(f"dns:{workshop.host()}") for _ in range(CLIENTS)]
        some_answered = threading.Semaphore(0)

        def send(csr):
            """Asks again and again, until refused for the first time."""
            client, answers = workshop.client(site.operator), []
            while len(answers) < MOST_REQUESTS and (not answers or answers[-1].status_code == 201):
                answers.append(client.request_certificate(csr, profile="service", identity="busy"))
                some_answered.release()
            return answers

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            sent = [pool.submit(send, csr) for csr in requests]
            for _ in range(CLIENTS):
                assert some_answered.acquire(timeout=30)
            site.ca.process.signal(signal.SIGTERM)
            assert site.ca.process.wait(timeout=20) == 0, site.ca.process.tail()
            answers = [answer for client in sent for answer in client.result()]

        issued = {answer.json()["data"]["serial"] for answer in answers if answer.status_code == 201}
        refused = {answer.status_code for answer in answers if answer.status_code != 201}
        assert issued and refused == {503}
        recorded = {serial for serial, status in workshop.ledger.serials().items() if status == "valid"}
        before = {serial for serial, in workshop.ledger.query(
            "SELECT serial FROM certificate_status JOIN certificates USING (id) WHERE identity <> 'busy'")}
        assert recorded - before == issued  # nothing lost, and nothing issued that nobody was told of
        assert workshop.ledger.query("SELECT count(*) FROM intents") == [(0,)]
        site.ca.verify_audit()
