// What the console says itself, in the reader's language. What operations and fields mean is told by the API document.

const WORDS = {
  en: {
    overview: "Overview", status: "Status", signIn: "Sign in", signOut: "Sign out", identifier: "E-mail, phone or username",
    password: "Password", code: "Code", codeHelp: "From your authenticator, a message, or one of your recovery codes.",
    send: "Send", search: "Show", sure: "Are you sure?", yes: "Yes, do it", no: "No, go back", back: "Back",
    nothing: "Nothing here.", more: "Next page", first: "First page", actions: "Actions", open: "Open", add: "Add", remove: "Remove",
    done: "Done.", failed: "It did not work.", offline: "The server can not be reached.", filter: "Filter and sort",
    ended: "You were signed out. Sign in again.", choose: "Choose", unset: "Not said", yesWord: "Yes", noWord: "No",
    file: "File to send", upload: "Send the file", sent: "The file was sent.", key: "Name", value: "Value", total: "in all",
    services: "Parts of the service", incidents: "Incidents", operational: "Everything works.", days: "Availability of 90 days",
    asOf: "As of", noRight: "You may see nothing here with your rights.", running: "Going on", details: "Details", every: "All operations",
    proof: "This needs your password again.", console: "Lyceum console", lines: "One on each line.",
  },
  fr: {
    overview: "Vue d’ensemble", status: "État", signIn: "Se connecter", signOut: "Se déconnecter",
    identifier: "E-mail, téléphone ou nom d’utilisateur", password: "Mot de passe", code: "Code",
    codeHelp: "De votre application, d’un message, ou un de vos codes de secours.", send: "Envoyer", search: "Afficher",
    sure: "Êtes-vous sûr ?", yes: "Oui, continuer", no: "Non, revenir", back: "Retour", nothing: "Rien ici.",
    more: "Page suivante", first: "Première page", actions: "Actions", open: "Ouvrir", add: "Ajouter", remove: "Retirer",
    done: "C’est fait.", failed: "Cela n’a pas marché.", offline: "Le serveur est injoignable.", filter: "Filtrer et trier",
    ended: "Vous avez été déconnecté. Reconnectez-vous.", choose: "Choisir", unset: "Non précisé", yesWord: "Oui", noWord: "Non",
    file: "Fichier à envoyer", upload: "Envoyer le fichier", sent: "Le fichier est envoyé.", key: "Nom", value: "Valeur", total: "au total",
    services: "Parties du service", incidents: "Incidents", operational: "Tout fonctionne.", days: "Disponibilité sur 90 jours",
    asOf: "Au", noRight: "Vos droits ne montrent rien ici.", running: "En cours", details: "Détails", every: "Toutes les opérations",
    proof: "Votre mot de passe est demandé à nouveau.", console: "Console Lyceum", lines: "Un par ligne.",
  },
}

const language = (navigator.language || "en").slice(0, 2)
document.documentElement.lang = language in WORDS ? language : "en"

/** Say something in the reader's language. */
export const t = (name) => (WORDS[language] ?? WORDS.en)[name]

/** Write a time as people of the reader's place do. */
export const moment = (text) => new Date(text).toLocaleString(language in WORDS ? language : "en")

/** Write a number as people of the reader's place do. */
export const number = (value) => value.toLocaleString(language in WORDS ? language : "en")
