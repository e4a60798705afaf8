"""Uses a server's page in headless Chromium: serving_page.py ADDRESS [FOLDER for screenshots]

Uploads a picture to each model, and checks what the page shows: classes, boxes, masks, and the last hour's latency.
"""

import os
import sys
import tempfile

from PIL import Image, ImageDraw
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

address = sys.argv[1]
screenshots = sys.argv[2] if len(sys.argv) > 2 else None


def picture(path):
    image = Image.new("RGB", (160, 120), (30, 40, 60))
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 20, 80, 80), fill=(220, 60, 40))
    draw.rectangle((95, 50, 140, 105), fill=(60, 200, 90))
    image.save(path)


options = webdriver.ChromeOptions()
for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1000,900"):
    options.add_argument(word)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
wait = WebDriverWait(driver, 20)


def colors():
    """How many different pixels the canvas shows."""
    return driver.execute_script(
        "const c = document.getElementById('canvas');"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return new Set(Array.from({length: d.length / 4}, (_, i) => d.slice(4 * i, 4 * i + 3).join())).size")


try:
    driver.get(address)
    wait.until(lambda d: len(Select(d.find_element(By.ID, "model")).options) == 4)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.png")
        picture(path)
        for name in ("shapes", "scenes", "masks"):
            Select(driver.find_element(By.ID, "model")).select_by_value(name)
            # Hardly trained, so no object is sure.
            driver.execute_script("document.getElementById('least').value = 0.1")
            driver.find_element(By.ID, "file").send_keys(path)
            wait.until(lambda d: "Answered in" in d.find_element(By.ID, "status").text)
            wait.until(lambda d: d.find_element(By.ID, "answer").text)
            shown = driver.find_element(By.ID, "answer").text.replace("\n", " ")
            print(f"{name}: {shown[:100]}; {colors()} colours")
            if screenshots:
                driver.save_screenshot(f"{screenshots}/page-{name}.png")
            driver.execute_script("document.getElementById('file').value = ''; document.getElementById('status').textContent = ''")
        # A model of a table takes no pictures, and the page says so.
        Select(driver.find_element(By.ID, "model")).select_by_value("table")
        driver.find_element(By.ID, "file").send_keys(path)
        wait.until(lambda d: "takes no pictures" in d.find_element(By.ID, "status").text)
    wait.until(lambda d: " requests, 1 errors" in d.find_element(By.ID, "load").text)
    print(driver.find_element(By.ID, "load").text)
    severe = [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE" and "400" not in entry["message"]]
    assert not severe, severe
finally:
    driver.quit()
