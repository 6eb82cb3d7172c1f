"""The journey of the issue from end to end, for one language, with or without scripts, on one database: told once, walked by several tests."""

import re
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

import models
from app import AUTHORITIES
from engine import digits
from operations.rendering import translate
from tests.journeys.traveller import SERVICE, Traveller
from tests.support.builders import PASSWORD
from tests.support.portal import PIN, eventually

PRICES = {12: "25.000", 18: "37.500", 24: "50.000"}  # baisa by baisa as the manual has them
EXPIRIES = {12: "19 March 2019", 18: "19 September 2019", 24: "19 March 2020"}
MONTHS = {"March": "مارس", "September": "سبتمبر"}


def from_the_service_page_to_a_verified_certificate(traveller: Traveller, folder: Path, *, by_link: bool) -> None:
    read_what_it_needs(traveller)
    register(traveller, by_link=by_link)
    look_at_the_dashboard(traveller)
    traveller.begin(onto="/identity/.*")  # before anything of the register is shown: nobody has proven this civil number yet
    prove_on_the_phone(traveller)
    traveller.leave_identity_provider(onto=".*/steps/establishment")
    see_only_their_own(traveller)
    traveller.choose_company()
    traveller.choose_membership(onto=".*/steps/company")
    traveller.confirm_company()
    choose_the_longest_period(traveller)
    traveller.walk(until="leave_for_bank", after="choose_period")
    traveller.pay()
    traveller.arrive()
    certificate, receipt = receive(traveller, folder)
    code = verify(traveller, certificate)
    assert code in said(certificate).replace("-", "")
    verify(traveller, receipt)


def read_what_it_needs(traveller: Traveller) -> None:
    """Needs, fees and time are told to somebody who is not signed in."""
    page = traveller.page
    traveller.go("/")
    expect(page.locator("html")).to_have_attribute("lang", traveller.language)
    page.click(f"a[href='{SERVICE}']")
    traveller.at(SERVICE)
    expect(page.locator("#fees table")).to_contain_text(shown(traveller, "25.000"))
    page.locator("a[href^='/account/registration']").click()
    traveller.at("/account/registration.*")


def register(traveller: Traveller, *, by_link: bool) -> None:
    """The manual's form; the mail's code typed or its link followed; the SMS' code; signed in, back where it began."""
    page, portal, person = traveller.page, traveller.portal, traveller.person
    fill_registration(traveller)
    traveller.solve_captcha()
    traveller.send("#new-account")
    traveller.at("/account/registration/email")
    if by_link:
        traveller.go(portal.link(person.email))
        traveller.send("main")
    else:
        traveller.type_code(digits.arabic(portal.code(person.email)))
    traveller.at("/account/registration/phone")
    traveller.type_code(portal.code(person.phone))
    traveller.at(SERVICE)
    expect(page.locator("#header .menu")).to_be_visible()


def fill_registration(traveller: Traveller) -> None:
    """As the manual's form asks, numbers in the digits of the Arabic keyboard."""
    page, person = traveller.page, traveller.person
    typed = {
        "first_name": "Salim",
        "family_name": "Al Harthy",
        "arabic_name": "سالم الحارثي",
        "email": person.email,
        "phone": digits.arabic(person.phone.removeprefix("+968")),
        "registration": digits.arabic(person.registration),
        "identity_number": digits.arabic(person.civil_number),
        "password": PASSWORD,
        "confirmation": PASSWORD,
    }
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    page.check("[name=terms]")


def look_at_the_dashboard(traveller: Traveller) -> None:
    """Every service is a card to open; the announced ones lead nowhere."""
    traveller.go("/dashboard")
    cards = traveller.page.locator(".cards .card, .links li")
    expect(cards).to_have_count(sum(len(authority.services) for authority in AUTHORITIES))
    expect(cards.locator("a")).to_have_count(cards.count())
    for authority in AUTHORITIES:
        for title in authority.announced:
            expect(traveller.page.get_by_role("link", name=translate(title, traveller.language), exact=True)).to_have_count(0)


def prove_on_the_phone(traveller: Traveller) -> None:
    """The same four digits here and on the phone; the PIN typed on the phone's own page."""
    page, person = traveller.page, traveller.person
    page.fill("[name=phone]", digits.arabic(person.phone.removeprefix("+968")))
    traveller.send("#mobile-id")
    traveller.at("/identity/.*/waiting")
    code = page.locator(".waiting__code bdi").inner_text()
    with traveller.another_page() as phone:
        phone.goto(f"{traveller.portal.phone_url}/phone/{person.phone}?lang={traveller.language}")
        expect(phone.locator(".code strong")).to_have_text(code)
        phone.fill("[name=pin]", PIN)
        phone.locator("form button:not([name])").click()
        expect(phone.locator(".OK")).to_be_visible()
    if not traveller.scripts:
        page.reload()
    traveller.at("/identity/.*/single-log-out")


def see_only_their_own(traveller: Traveller) -> None:
    offered = traveller.page.locator("[name=registration]")
    expect(offered).to_have_count(1)
    expect(offered).to_have_value(traveller.person.registration)


def choose_the_longest_period(traveller: Traveller) -> None:
    """Each choice shows its lines, total and new expiry: at once with scripts, on the check page without."""
    page = traveller.page
    for months in PRICES:
        page.check(f"[name=months][value='{months}']")
        if traveller.scripts:
            expect(page.locator("#quote tfoot")).to_contain_text(shown(traveller, PRICES[months]))
            expect(page.locator("#quote")).to_contain_text(shown(traveller, EXPIRIES[months]))
    traveller.send("#step")
    traveller.at(".*/check")
    expect(page.locator(".quote tfoot")).to_contain_text(shown(traveller, PRICES[24]))
    expect(page.locator(".quote")).to_contain_text(shown(traveller, EXPIRIES[24]))
    expect(page.locator(".quote tbody tr")).to_have_count(3)  # the old debit too, at zero, as the manual shows it


def receive(traveller: Traveller, folder: Path) -> list[Path]:
    """A gapless receipt number, one mail and one SMS about it, two sealed documents that agree with the page."""
    page, portal, person = traveller.page, traveller.portal, traveller.person
    number = page.locator("#receipt-title bdi").inner_text()
    assert re.fullmatch(r"[A-Z]*-?2018-?\d+.*", number), number
    for address in (person.email, person.phone):
        told = eventually(
            lambda to=address: [message for message in portal.messages(to) if number in message["subject"] + message["text"]]
        )
        assert len(told) == 1
    traveller.wait_for_documents()
    papers = []
    for link in page.locator("#documents a[download]").all():
        with page.expect_download() as download:
            link.click()
        paper = folder / download.value.suggested_filename
        download.value.save_as(paper)
        seal = subprocess.run(["pdfsig", "-nocert", str(paper)], capture_output=True, text=True).stdout
        assert "Signature is Valid" in seal and "Total document signed" in seal, seal
        papers.append(paper)
    assert len(papers) == 2 and any(number in said(paper) for paper in papers)
    return papers


def verify(traveller: Traveller, paper: Path) -> str:
    """By its square code, and by its code typed in any spelling, for somebody who is not signed in. Returns the code."""
    page = traveller.page
    traveller.context.clear_cookies(name="session")
    address = scanned(paper)
    assert address.startswith(f"{traveller.portal.url}/verify/"), address
    traveller.go(address)
    expect(page.locator(".verdict--valid")).to_be_visible()
    code = page.locator(".verdict__code bdi").inner_text().replace("-", "")
    for typed in (code.lower(), " ".join(code), code.replace("0", "o").replace("1", "l"), digits.arabic(code)):
        traveller.go("/verify")
        page.fill("[name=code]", typed)
        traveller.send("#verify")
        expect(page.locator(".verdict--valid")).to_be_visible()
        expect(page.locator("main")).to_contain_text(paper.stem)
    return code


def scanned(paper: Path) -> str:
    """What a camera reads on the document."""
    picture = paper.with_suffix(".png")
    subprocess.run(["pdftoppm", "-png", "-r", "150", "-singlefile", str(paper), str(picture.with_suffix(""))], check=True)
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found[0].text)


def said(paper: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True).stdout


def shown(traveller: Traveller, text: str) -> str:
    """Figures and dates as the page's language writes them."""
    if traveller.language == "en":
        return text
    for english, arabic in MONTHS.items():
        text = text.replace(english, arabic)
    return digits.arabic(text).replace(".", "٫")


def receipts_of(traveller: Traveller) -> int:
    """How many receipts there are for what this person paid."""
    with traveller.portal.tables():
        paid = models.Receipt.select().join(models.PaymentAttempt).join(models.Bill).join(models.Application)
        theirs = paid.join(models.Account, on=models.Application.account)
        return int(theirs.join(models.Identifier).where(models.Identifier.value == traveller.person.email).count())
