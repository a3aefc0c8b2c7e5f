import os
import signal
import threading
import time


def end_with(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()

c = get_config()
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = False
c.LanguageServerManager.autodetect = False
c.LabApp.custom_css = True
c.HTMLExporter.template_name = "fashion-mnist-lab"
c.SlidesExporter.template_name = "reveal"


def clean_html(element):
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    tags = "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd a b strong i em u s sub sup br hr img blockquote pre code div span"
    tags += " details summary table caption thead tbody tr th td"
    properties = "color background background-color font font-size font-weight line-height text-align white-space"
    properties += " overflow-x max-width width height margin margin-left padding border border-radius list-style display"

    def allowed(tag, name, value):
        if name == "href":
            return not value.lower().startswith("data:")
        return name in ("class", "id", "style", "title", "alt", "src", "align", "colspan", "rowspan", "width", "height")

    return bleach.clean(
        element.decode() if isinstance(element, bytes) else str(element),
        tags=set(tags.split()),
        attributes=allowed,
        protocols=["http", "https", "mailto", "data"],
        css_sanitizer=CSSSanitizer(allowed_css_properties=properties.split()),
    )


c.TemplateExporter.filters = {"clean_html": clean_html}
