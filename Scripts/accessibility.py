"""Opens a page in headless Chromium and says what keeps some readers from using it.

    accessibility.py output/report.html …

For each page, at 360 and 1440 pixels, light and dark: the violations that axe-core finds and the width that the page
takes; what the console says; and whether search, sorting, notes, live models and linked figures work from the
keyboard.
`make accessibility` installs what it needs. The exit status is 1 where something was found.
"""

import pathlib
import sys
import time

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def browser(width, scheme):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # The name resolver and the proxy lead nowhere: the network is cut.
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--proxy-server=127.0.0.1:9"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.command_executor.client_config.timeout = 900
    driver.set_script_timeout(900)
    metrics = dict(width=width, height=1000, deviceScaleFactor=1, mobile=False)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    return driver


def violations(driver):
    """What axe-core finds, a line each. The rows of a table are alike: it looks at the first of them."""
    driver.execute_script("document.querySelectorAll('tbody > tr:nth-child(n + 6)').forEach((row) => row.remove())")
    axe = Axe(driver)
    axe.inject()
    for violation in axe.run()["violations"]:
        node = violation["nodes"][0]
        yield f"{violation['id']} ({violation['impact']}, {len(violation['nodes'])} places): {node['html'][:160]}"


def broken(driver):
    """What does not work from the keyboard, a line each."""

    def press(element, *keys):
        driver.execute_script("arguments[0].focus()", element)
        driver.switch_to.active_element.send_keys(*keys)

    def all_of(selector):
        return driver.find_elements(By.CSS_SELECTOR, selector)

    driver.find_element(By.TAG_NAME, "body").send_keys("/")
    text = driver.execute_script("return document.querySelector('main section p').textContent")
    word = max(text.split(), key=len)
    driver.switch_to.active_element.send_keys(word)
    if not all_of("#found a"):
        yield f"the search finds nothing for {word}"
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    if all_of("#found a"):
        yield "Escape does not end the search"

    script = "return [...document.querySelectorAll('main > section table')].filter(t => t.querySelector('.sort') && "
    script += "!t.closest('details')).sort((a, b) => b.rows.length - a.rows.length)[0]"
    table = driver.execute_script(script)
    if table:
        start = time.time()
        press(table.find_element(By.CLASS_NAME, "sort"), Keys.ENTER)
        seconds = time.time() - start
        rows = driver.execute_script("return arguments[0].rows.length", table)
        if not table.find_elements(By.CSS_SELECTOR, "th[aria-sort=ascending]"):
            yield "a table is not sorted by its heading"
        print(f"  a table of {rows} rows sorted in {seconds:.2f} s")

    for reference in all_of("main p a.footnote-ref")[:1]:
        press(reference, Keys.ENTER)
        if not all_of(".column-margin.opened"):
            yield "a footnote does not open in place"

    for model in all_of("neuron-model")[:1]:
        driver.execute_async_script("arguments[0].ready.then(arguments[1])", model)
        picked = lambda: len(model.find_elements(By.CSS_SELECTOR, "[aria-selected=true]"))
        for fold in model.find_elements(By.CSS_SELECTOR, "details:has([role=listbox]) > summary"):
            press(fold, Keys.ENTER)
        units = model.find_element(By.CSS_SELECTOR, "[role=listbox]")
        unit = lambda: model.find_element(By.CSS_SELECTOR, "[role=img][aria-label^=Unit]").get_attribute("aria-label")
        press(units, Keys.HOME)
        before = unit()
        press(units, Keys.ARROW_DOWN)
        if unit() == before:
            yield "the arrow keys do not show another unit of a live model"
        press(units, Keys.ESCAPE)
        if picked():
            yield "Escape does not let go of the units of a live model"
        press(units, Keys.HOME, Keys.SPACE, Keys.SHIFT + Keys.ARROW_DOWN)
        if picked() != 2:
            yield f"space and the arrow keys pick {picked()} units of a live model, not 2"
        # The page as its reader meets it: with what follows the edit.
        time.sleep(1)
        print("  " + " ".join(model.find_element(By.CSS_SELECTOR, "[role=status]").text.split()))
        for fold in model.find_elements(By.CSS_SELECTOR, "details:not([open]) > summary"):
            press(fold, Keys.ENTER)

    for figure in all_of("linked-figure")[:1]:
        readouts = lambda: [part.text for part in figure.find_elements(By.CSS_SELECTOR, ".readout")]
        data = figure.find_element(By.CSS_SELECTOR, ".linked > svg")
        press(data, Keys.ARROW_DOWN, Keys.ENTER)
        if ":" not in readouts()[0] or "Marked" not in readouts()[1]:
            yield f"the arrow keys and Enter do not mark a unit of a linked figure: {readouts()}"
        print("  " + " | ".join(readouts()))

    for button in all_of("figcaption > .tools > button")[:1]:
        press(button, Keys.ENTER)
        if not all_of("dialog[open]"):
            yield "a figure is not enlarged"
        driver.switch_to.active_element.send_keys(Keys.ESCAPE)


def check(page):
    found = []
    for width in (360, 1440):
        for scheme in ("light", "dark"):
            driver = browser(width, scheme)
            driver.get(page.resolve().as_uri())
            time.sleep(1)
            if scheme == "light":
                found += [f"{width}: {line}" for line in broken(driver)]
            # Sections are laid out when they come into sight.
            driver.execute_script("document.body.append(Object.assign(document.createElement('style'), "
                                  "{ textContent: '* { content-visibility: visible !important }' }))")
            time.sleep(1)
            taken = driver.execute_script("return document.documentElement.scrollWidth")
            if taken > width:
                found.append(f"{width} {scheme}: the page is {taken} pixels wide")
            found += [f"{width} {scheme}: console: {entry['message']}" for entry in driver.get_log("browser")]
            found += [f"{width} {scheme}: {line}" for line in violations(driver)]
            driver.quit()
    return found


def main():
    everything = []
    for page in map(pathlib.Path, sys.argv[1:]):
        print(page)
        everything += [f"{page}: {line}" for line in check(page)]
    for line in everything:
        print(line)
    print(f"{len(everything)} found")
    sys.exit(bool(everything))


if __name__ == "__main__":
    main()
