"""The words of the pages a personal link opens, in English and Spanish: plain, and nothing of any case. [pure]"""

from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "es")

PAGE: dict[str, dict[str, str]] = {
    "en": {
        "title": "Meeting",
        "exit": "Leave this page",
        "other_language": "Español",
        "start_title": "You are invited to a meeting",
        "start_text": "Tap Continue to see if this link is yours. Then you can test your camera and sound.",
        "go_on": "Continue",
        "private": "This link is only for you. Please do not pass it on.",
        "yes": "Yes, that's me",
        "no": "I'm someone else",
        "call": "Please call us. We will help you right away:",
        "ask": "Please call the person who sent you the link. They will help you.",
        "again": "Try again",
        "paste_title": "Open your meeting",
        "paste_text": "A link can lose its last part on the way to you. Copy all of it from your message.",
        "paste_label": "Paste your whole link here",
        "no_script": "This browser lacks what video needs. Paste your link and we will tell you how to take part.",
        "help": "Need help? Call",
        "help_ask": "Need help? Call the person who sent you the link.",
        "enter_hello": "Hi {name}",
        "enter_when": "Your meeting is on {when}.",
        "enter_with": "{facilitator} leads the meeting.",
        "enter_how": "To join by video, open your link in Chrome, Firefox or Safari with JavaScript turned on.",
        "back": "Back",
        "staff": "Sign in as staff",
    },
    "es": {
        "title": "Reunión",
        "exit": "Salir de esta página",
        "other_language": "English",
        "start_title": "Le invitaron a una reunión",
        "start_text": "Toque Continuar y veremos si este enlace es suyo. Antes podrá probar la cámara y el sonido.",
        "go_on": "Continuar",
        "private": "Este enlace es solo para usted. Por favor, no lo comparta.",
        "yes": "Sí, soy yo",
        "no": "Soy otra persona",
        "call": "Llámenos, por favor. Le ayudaremos enseguida:",
        "ask": "Llame, por favor, a la persona que le mandó el enlace. Le ayudará.",
        "again": "Intentar otra vez",
        "paste_title": "Abra su reunión",
        "paste_text": "Un enlace puede perder su última parte en el camino. Cópielo completo de su mensaje.",
        "paste_label": "Pegue aquí su enlace completo",
        "no_script": "Este navegador no tiene lo que el video necesita. Pegue su enlace y le diremos cómo participar.",
        "help": "¿Necesita ayuda? Llame al",
        "help_ask": "¿Necesita ayuda? Llame a la persona que le mandó el enlace.",
        "enter_hello": "Hola, {name}",
        "enter_when": "Su reunión es el {when}.",
        "enter_with": "{facilitator} dirige la reunión.",
        "enter_how": "Para entrar por video, abra su enlace en Chrome, Firefox o Safari con JavaScript activado.",
        "back": "Volver",
        "staff": "Entrar como personal",
    },
}

# What went wrong, by the stable code: a title and what happens next.
TOLD: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "link.unknown": ("This link is not complete", "Open the link in your message again, or paste all of it below."),
        "link.revoked": ("This link was replaced or ended", "Look for a newer link in our last message."),
        "meeting.over": ("This meeting is over", "We can tell you what comes next."),
        "meeting.cancelled": ("This meeting was called off", "We can tell you what comes next."),
        "meeting.moved": ("Your meeting was moved", "It is now on {when}. Open this link again shortly before."),
        "meeting.too_early": ("You are early", "Your meeting is on {when}. Open this link again shortly before."),
        "rate.exceeded": ("Please wait a moment", "There were many tries. Wait one minute, then try again."),
        "offline": ("We cannot reach the meeting", "Check that your phone is online, then try again."),
        "unbuilt": ("The meeting is not ready", "A part of the program is missing on our side."),
        "someone_else": ("Thank you for telling us", "This link is for one person. You can close this page."),
        "other": ("That did not work", "It is not your fault. Please try again in a moment."),
    },
    "es": {
        "link.unknown": (
            "Este enlace no está completo",
            "Abra otra vez el enlace de su mensaje, o péguelo completo.",
        ),
        "link.revoked": (
            "Este enlace se cambió o ya terminó",
            "Busque uno nuevo en nuestro último mensaje.",
        ),
        "meeting.over": ("Esta reunión ya terminó", "Podemos decirle qué sigue."),
        "meeting.cancelled": ("Esta reunión se canceló", "Podemos decirle qué sigue."),
        "meeting.moved": ("Su reunión cambió de hora", "Ahora es el {when}. Abra este enlace poco antes."),
        "meeting.too_early": ("Llegó temprano", "Su reunión es el {when}. Abra este enlace poco antes."),
        "rate.exceeded": ("Espere un momento", "Hubo muchos intentos. Espere un minuto e intente otra vez."),
        "offline": ("No podemos llegar a la reunión", "Vea si su teléfono tiene internet e intente otra vez."),
        "unbuilt": ("La reunión no está lista", "Falta una parte del programa de nuestro lado."),
        "someone_else": ("Gracias por avisarnos", "Este enlace es para una persona. Puede cerrar esta página."),
        "other": ("Eso no funcionó", "No es culpa suya. Intente otra vez en un momento."),
    },
}

# What a page says that stands where none was to be found or made: a title and what to do.
TROUBLE: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "nothing": ("There is no page here", "Do you have a link to a meeting? Open it in your message again."),
        "signed_out": ("You are signed out here", "Open the link in your message again."),
        "busy": TOLD["en"]["rate.exceeded"],
        "unready": ("We will be back soon", "Wait one minute, then try again."),
        "other": TOLD["en"]["other"],
    },
    "es": {
        "nothing": ("Aquí no hay ninguna página", "¿Tiene un enlace a una reunión? Ábralo otra vez en su mensaje."),
        "signed_out": ("Aquí ya no tiene la sesión abierta", "Abra otra vez el enlace de su mensaje."),
        "busy": TOLD["es"]["rate.exceeded"],
        "unready": ("Volvemos pronto", "Espere un minuto e intente otra vez."),
        "other": TOLD["es"]["other"],
    },
}

SCRIPT: dict[str, dict[str, str]] = {
    "en": {
        "hello": "Hi {name}. Is this you?",
        "when": "Your meeting: {when}. {facilitator} leads it.",
        "busy": "One moment…",
    },
    "es": {
        "hello": "Hola, {name}. ¿Es usted?",
        "when": "Su reunión: {when}. La dirige {facilitator}.",
        "busy": "Un momento…",
    },
}


def script_words(language: str) -> Mapping[str, object]:
    """Everything the page's script may say."""
    told: Mapping[str, Sequence[str]] = TOLD[language]
    return {**SCRIPT[language], "told": told}


def chosen_language(asked: str | None, accepted: str) -> str:
    """`asked` (?lang=) if we speak it, else the best of an Accept-Language header, else English."""
    if asked in LANGUAGES:
        return str(asked)
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:400].split(",")):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        if language in LANGUAGES and weight.replace(".", "", 1).isdecimal() and float(weight) > 0:
            ranked.append((-float(weight), place, language))
    return min(ranked)[2] if ranked else "en"
