/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/words.h"

#include <glib.h>

typedef struct {
	const char *en, *es;
} Said;

static const Said words[WORDS] = {
	[WORD_START] = { "Show me your badge", "Muéstrame tu gafete" },
	[WORD_START_SAY] = { "Hello! Show me your badge. No badge? Tap the "
			     "children.",
			     "¡Hola! Muéstrame tu gafete. ¿No lo tienes? "
			     "Toca a los niños." },
	[WORD_START_BLIND_SAY] = { "Hello! I can't see badges right now. Tap "
				   "the children to find yourself.",
				   "¡Hola! Ahora no puedo ver los gafetes. "
				   "Toca a los niños para encontrarte." },
	[WORD_NO_BADGE] = { "No badge", "Sin gafete" },
	[WORD_WHICH_CLASS] = { "Tap your class", "Toca tu clase" },
	[WORD_WHICH_PICTURE] = { "Tap your picture", "Toca tu dibujo" },
	[WORD_HELLO] = { "Hello, {}!", "¡Hola, {}!" },
	[WORD_HELLO_UNKNOWN] = { "Hello!", "¡Hola!" },
	[WORD_IS_IT_YOU] = { "Is that you? Tap green.",
			     "¿Eres tú? Toca lo verde." },
	[WORD_GO_ON] = { "That's me!", "¡Soy yo!" },
	[WORD_NOT_ME] = { "Not me", "No soy yo" },
	[WORD_GO_ON_DRAFT] = { "Finish mine", "Terminar lo mío" },
	[WORD_NEW] = { "Start new", "Algo nuevo" },
	[WORD_LOOK_AGAIN] = { "Let's look again", "Miremos otra vez" },
	[WORD_REASON_TELL_MORE] = { "Your teacher wants to know more.",
				    "Tu maestra o maestro quiere saber más." },
	[WORD_REASON_SHOW_AGAIN] = { "Can you show it again?",
				     "¿Puedes mostrarlo otra vez?" },
	[WORD_REASON_OTHER_CARD] = { "It fits another card better.",
				     "Queda mejor con otra tarjeta." },
	[WORD_REASON_TALK] = { "Talk about it with your teacher.",
			       "Habla de eso con tu maestra o maestro." },
	[WORD_CHOOSE_PROMPT] = { "Show a card, or tap a picture",
				 "Muestra una tarjeta o toca un dibujo" },
	[WORD_CHOOSE_WAY] = { "How do you want to show it?",
			      "¿Cómo lo quieres mostrar?" },
	[WORD_WAY_PHOTO] = { "Take a photo", "Tomar una foto" },
	[WORD_WAY_DRAWING] = { "Draw", "Dibujar" },
	[WORD_WAY_CHOICE] = { "Tap a picture", "Tocar un dibujo" },
	[WORD_TAKE] = { "Take the photo", "Tomar la foto" },
	[WORD_TAKE_AGAIN] = { "Again", "Otra vez" },
	[WORD_PHOTO_TAKEN] = { "Do you like it? Tap green. Or take it again.",
			       "¿Te gusta? Toca lo verde. O toma otra." },
	[WORD_KEEP] = { "Done", "Listo" },
	[WORD_UNDO] = { "Undo", "Deshacer" },
	[WORD_CLEAR] = { "Clear all", "Borrar todo" },
	[WORD_PEN] = { "Pen: {}", "Lápiz: {}" },
	[WORD_RED] = { "red", "rojo" },
	[WORD_ORANGE] = { "orange", "anaranjado" },
	[WORD_YELLOW] = { "yellow", "amarillo" },
	[WORD_GREEN] = { "green", "verde" },
	[WORD_BLUE] = { "blue", "azul" },
	[WORD_PURPLE] = { "purple", "morado" },
	[WORD_BROWN] = { "brown", "café" },
	[WORD_BLACK] = { "black", "negro" },
	[WORD_HOW] = { "How did it go?", "¿Cómo te fue?" },
	[WORD_SKIP] = { "Skip", "Saltar" },
	[WORD_SAVED] = { "Saved! One more stone on your cairn.",
			 "¡Guardado! Una piedra más en tu montón." },
	[WORD_FOREIGN] = { "That code isn't one of ours. Show me your badge "
			   "or a card!",
			   "Ese código no es nuestro. ¡Muéstrame tu gafete o "
			   "una tarjeta!" },
	[WORD_WORN] = { "I can't quite read that. Hold it still, or try "
			"another one.",
			"No lo puedo leer bien. Detenlo un poquito o prueba "
			"con otra." },
	[WORD_CARD_FIRST] = { "Great card! Now show me your badge.",
			      "¡Qué buena tarjeta! Ahora muéstrame tu gafete." },
	[WORD_NOT_FOR_YOU] = { "I don't know that card yet. Choose another "
			       "one.",
			       "Todavía no conozco esa tarjeta. Elige otra." },
	[WORD_STUCK] = { "I can't keep new stones right now. Everything you "
			 "saved is safe. Please tell your teacher.",
			 "Ahora no puedo guardar más piedras. Todo lo que "
			 "guardaste está a salvo. Avisa a tu maestra o "
			 "maestro." },
	[WORD_NOT_SET_UP] = { "I'm not set up yet. Please ask an adult.",
			      "Todavía no estoy listo. Pide ayuda a un "
			      "adulto." },
	[WORD_STILL_THERE] = { "Are you still there?", "¿Sigues ahí?" },
	[WORD_HERE] = { "I'm here!", "¡Aquí estoy!" },
	[WORD_OK] = { "OK", "Bien" },
	[WORD_BACK] = { "Back", "Atrás" },
	[WORD_SAY_AGAIN] = { "Say it again", "Dilo otra vez" },
	[WORD_MORE] = { "More", "Más" },
	[WORD_LESS] = { "Before", "Antes" },
	[WORD_LANGUAGE] = { "Español", "English" },
	[WORD_SAFE] = { "Everything has arrived: safe to take away",
			"Todo ha llegado: se puede retirar" },
	[WORD_NOT_SAFE_YET] = { "Stones are waiting here: please leave me "
				"plugged in",
				"Hay piedras esperando aquí: déjame "
				"conectado" },
	[WORD_LENS] = { "What the camera sees", "Lo que ve la cámara" },
	[WORD_PAPER] = { "Drawing paper", "Papel para dibujar" },
	[WORD_STONES] = { "Stones on your cairn: {}",
			  "Piedras en tu montón: {}" },
	[WORD_STONES_SEEN] = { "Seen by your teacher: {}",
			       "Las que ya vio tu docente: {}" },
	[WORD_DEMO] = { "Demo: tap a card to hold it up",
			"Demo: toca una tarjeta" },
	[WORD_HEALTH_SENT] = { "Everything was sent, without receipts: please leave me here",
			       "Todo se envió, sin acuses de recibo: déjame aquí" },
	[WORD_HEALTH_NONE_WAITS] = { "No stone waits here. Please leave me plugged in",
				     "Ninguna piedra espera aquí. Por favor déjame conectado" },
	[WORD_HEALTH_WAITING] = { "Stones waiting here: {}. Please leave me plugged in",
				  "Piedras que esperan aquí: {}. Por favor déjame conectado" },
	[WORD_HEALTH_NO_STORE] = { "The record cannot be opened. Call IT, and leave me as I am",
				   "No se puede abrir el registro. Llama a soporte y déjame como estoy" },
	[WORD_HEALTH_OLDEST] = { "Oldest waiting", "La más antigua" },
	[WORD_HEALTH_SENDS_TO] = { "Sends to", "Envía a" },
	[WORD_HEALTH_DISTRICT] = { "District: {}", "Distrito: {}" },
	[WORD_HEALTH_LRS] = { "Another LRS, at {}. It gives no receipts: what was sent is kept here too, until the disk is full",
			      "Otro LRS, en {}. No da acuses de recibo: lo enviado también se guarda aquí, hasta que se llene el disco" },
	[WORD_HEALTH_NOBODY] = { "Nobody: no district is set",
				 "A nadie: no hay distrito configurado" },
	[WORD_HEALTH_LINE] = { "Last contact", "Último contacto" },
	[WORD_HEALTH_NEVER] = { "Never", "Nunca" },
	[WORD_HEALTH_ENROL] = { "Not enrolled yet: IT must do that",
				"Aún sin inscribir: lo hace soporte técnico" },
	[WORD_HEALTH_OFFLINE] = { "Not reached now. Nothing is lost, and I keep trying",
				  "Ahora no responde. Nada se pierde y sigo intentando" },
	[WORD_HEALTH_ONLINE] = { "All is well", "Todo bien" },
	[WORD_HEALTH_REFUSED] = { "Refused: an adult must look",
				  "Rechazado: un adulto debe revisarlo" },
	[WORD_HEALTH_ASIDE] = { "Set aside", "Apartadas" },
	[WORD_HEALTH_ASIDE_SOME] = { "{}, refused there and kept here",
				     "{}, rechazadas allá, guardadas aquí" },
	[WORD_HEALTH_NONE] = { "None", "Ninguna" },
	[WORD_HEALTH_TIME] = { "Clock", "Reloj" },
	[WORD_HEALTH_TIME_KNOWN] = { "Known to be right", "Comprobado" },
	[WORD_HEALTH_TIME_UNKNOWN] = { "Not known to be right yet",
				       "Aún sin comprobar" },
	[WORD_HEALTH_ROOM] = { "Free space", "Espacio libre" },
	[WORD_HEALTH_FULL] = { "{}: too little, nothing new is begun",
			       "{}: muy poco, no se empieza nada nuevo" },
	[WORD_HEALTH_UNKNOWN] = { "Not known", "No se sabe" },
	[WORD_HEALTH_BUNDLE] = { "From the district", "Del distrito" },
	[WORD_HEALTH_NO_BUNDLE] = { "Nothing yet", "Nada todavía" },
	[WORD_HEALTH_BUNDLE_IS] = { "Prompts and learners, version {}",
				    "Tarjetas y alumnado, versión {}" },
	[WORD_HEALTH_TAKEN_IN] = { "taken in {}", "recibida {}" },
	[WORD_HEALTH_SENSES] = { "Can use", "Puede usar" },
	[WORD_HEALTH_CAMERA] = { "Camera", "Cámara" },
	[WORD_HEALTH_SCANNER] = { "Hand scanner", "Lector de mano" },
	[WORD_HEALTH_VOICE] = { "Voice", "Voz" },
	[WORD_HEALTH_WORKS] = { "works", "funciona" },
	[WORD_HEALTH_NOT_FOUND] = { "not found", "no se encuentra" },
	[WORD_HEALTH_NOT_WANTED] = { "none set", "no hay" },
	[WORD_HEALTH_DAMAGED] = { "Damaged copies", "Copias dañadas" },
	[WORD_HEALTH_DAMAGED_ARE] = { "{} kept: IT should look at the disk",
				      "{} guardadas: soporte técnico debe mirar el disco" },
	[WORD_HEALTH_NOTICE] = { "The record", "El registro" },
	[WORD_HEALTH_KIOSK] = { "Kiosk", "Kiosco" },
	[WORD_HEALTH_PROGRAM] = { "Program", "Programa" },
	[WORD_HEALTH_STORE_IS] = { "record {}", "registro {}" },
};

/* Why nobody is reached, and what stands beside it. */
static const struct {
	const char *name;
	Said said;
} named[] = {
	{ "why", { "Why", "Por qué" } },
	{ "no-answer",
	  { "Nobody answers there: is there a network, and is the address right?",
	    "Allí no responde nadie: ¿hay red y es correcta la dirección?" } },
	{ "other-answer",
	  { "Something else answers: a sign-in page of the network, or a wrong address?",
	    "Responde otra cosa: ¿una página de acceso a la red o una dirección equivocada?" } },
	{ "busy",
	  { "The server is busy or ill, and is asked again later",
	    "El servidor está ocupado o falla; preguntaré más tarde" } },
	{ "full",
	  { "The server's disk is full: its IT must make room",
	    "El disco del servidor está lleno: su soporte debe hacer espacio" } },
	{ "certificate",
	  { "The server's certificate is not trusted here",
	    "Aquí no se confía en el certificado del servidor" } },
	{ "proxy",
	  { "The network's proxy wants a name and a password",
	    "El proxy de la red pide un nombre y una contraseña" } },
	{ "key",
	  { "The server does not take this kiosk's key: IT must renew it",
	    "El servidor no acepta la clave de este kiosco: soporte debe renovarla" } },
	{ "refuses",
	  { "The server refuses what this kiosk asks",
	    "El servidor rechaza lo que pide este kiosco" } },
	{ "mismatch",
	  { "What the server holds does not fit what is here",
	    "Lo que guarda el servidor no concuerda con lo de aquí" } },
	{ "clock",
	  { "What is to be sent has no time yet: the clock is not known to be right",
	    "Lo que hay que enviar aún no tiene hora: el reloj está sin comprobar" } },
	{ "here",
	  { "Something at this kiosk itself: its disk, or a file of its key",
	    "Algo de este mismo kiosco: su disco o el archivo de su clave" } },
	{ "for-it", { "For IT", "Para soporte" } },
	{ "for-it-long",
	  { "For IT; all of it:\ncairn-agent status",
	    "Soporte; todo:\ncairn-agent status" } },
	{ "repaired",
	  { "A part of it was damaged: that is kept, and the rest was put right",
	    "Una parte estaba dañada: se conserva, y el resto se arregló" } },
};

static const char *
in_language(const char *language, const Said *said)
{
	return g_str_has_prefix(language, "es") ? said->es : said->en;
}

const char *
words_get(const char *language, Word word)
{
	return in_language(language, &words[word]);
}

const char *
words_named(const char *language, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_str_equal(named[i].name, name))
			return in_language(language, &named[i].said);
	return "";
}

char *
words_with(const char *language, Word word, const char *with)
{
	g_auto(GStrv) parts = g_strsplit(words_get(language, word), "{}", -1);

	return g_strjoinv(with, parts);
}

char *
words_with_number(const char *language, Word word, int number)
{
	g_autofree char *text = g_strdup_printf("%d", number);

	return words_with(language, word, text);
}
