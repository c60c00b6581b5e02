# El widget. El navegador completa las variables.

widget-title = Compartir registros médicos
widget-noscript = Esta página necesita JavaScript. Actívelo en su navegador o pida a la aplicación otra forma de compartir sus registros.
widget-close = Cerrar
widget-language = Idioma
widget-test = Esto es una prueba. No hay pacientes ni registros reales.
widget-loading = Un momento, por favor.
widget-retry = Intentar de nuevo

widget-consent-title = Su permiso

widget-searching-title = Buscamos sus registros
widget-searching-intro = Preguntamos a las organizaciones de salud de la red si lo conocen. Normalmente tarda menos de un minuto.
widget-searching-directory = Obteniendo la lista de lugares.
widget-searching-count = { $answered } de { $asked } contestaron
widget-searching-found = Encontrados hasta ahora: { $count }
widget-searching-matches = Estos lugares lo conocen
widget-searching-others = Todas las respuestas hasta ahora
widget-searching-continue = Continuar con lo encontrado hasta ahora

widget-outcome-found = Se encontraron registros
widget-outcome-sign_in = Encontrado, hay que iniciar sesión
widget-outcome-no_match = Sin registros
widget-outcome-ambiguous = Coincide más de una persona
widget-outcome-mismatch = Los datos no coinciden
widget-outcome-refused = No contestó esta solicitud
widget-outcome-timed_out = Tardó demasiado
widget-outcome-failed = No se pudo contactar

widget-providers-title = Elija qué compartir
widget-providers-intro = Estos lugares tienen registros sobre usted. { $name } recibe registros solo de los que usted comparta.
widget-providers-ready = Listos para conectar
widget-providers-all = Seleccionar todos
widget-providers-selected = { $count } de { $total } seleccionados
widget-providers-sign-in = Hay que iniciar sesión
widget-providers-sign-in-why = Estos lugares tienen registros sobre usted, pero piden que primero inicie sesión en su propio sitio web. Se abre otra ventana; después sigue aquí.
widget-providers-sign-in-at = Iniciar sesión en { $name }
widget-providers-sign-in-again = Intentar de nuevo en { $name }
widget-providers-sign-in-failed = Su inicio de sesión no responde en este momento. Inténtelo más tarde.
widget-providers-sign-in-closed = La ventana se cerró y no nos llegó su inicio de sesión. Puede intentarlo de nuevo.
widget-providers-sign-in-another = Esa cuenta es de otra persona. No se compartió nada de allí. Inicie sesión con su propia cuenta.
widget-providers-sign-in-refused = No se pudo iniciar sesión. No se compartió nada de allí. Puede intentarlo de nuevo.
widget-providers-signed-in = { $name } ya está conectado.
widget-providers-waiting = Inicie sesión en la otra ventana. Esta página continuará automáticamente.
widget-providers-popup = Su navegador no abrió la ventana. Permita las ventanas emergentes en esta página e inténtelo de nuevo.
widget-providers-connected = Ya conectados
widget-providers-missed = Otros { $count } lugares
widget-providers-missed-why = No tienen registros sobre usted o no contestaron. Si falta un lugar que conoce, pídale sus registros directamente.
widget-providers-share = Compartir lo seleccionado
widget-providers-share-one = Compartir registros de 1 lugar
widget-providers-share-many = Compartir registros de { $count } lugares
widget-providers-choose-one = Elija al menos un lugar, o cierre esta ventana para no compartir nada.
widget-providers-finish = Continuar
widget-providers-finish-without = Continuar sin más lugares

widget-connecting-title = Conectando
widget-connecting-intro = No cierre esta ventana. Solo tarda un momento.

widget-done-title = Ya está conectado
widget-done-list = { $name } ya puede recibir sus registros de:
widget-done-next = Qué sigue
widget-done-next-text = Desde ahora { $name } puede reunir sus registros. La primera vez puede tardar desde unos minutos hasta unas horas. No hace falta que espere aquí.
widget-done-stop-text = Para dejar de compartir, avise a { $name } en cualquier momento.
widget-done-failed = No se pudo conectar:

widget-none-title = No encontramos registros
widget-none-text = Ningún lugar de la red encontró registros que sean suyos con seguridad. Puede que allí su nombre, dirección o fecha de nacimiento estén escritos de otra forma.
widget-none-next = Pida en su consultorio que revisen sus datos e inténtelo más tarde. No se compartió nada.
widget-failed-title = La búsqueda no funcionó
widget-failed-text = No pudimos consultar la red en este momento. No es culpa suya y no se compartió nada.
widget-unreachable-title = No pudimos conectarnos con la red
widget-unreachable-text = Ninguno de los lugares de la red contestó. Sus datos están bien y no se compartió nada. Inténtelo más tarde.
widget-connect-failed-title = No pudimos conectar sus registros
widget-connect-failed-text = No se pudo conectar ninguno de los lugares que eligió. Puede intentarlo de nuevo.
widget-denied-title = No se compartió nada
widget-denied-text = Usted no dio permiso, así que no se pidió ningún registro. Puede cambiar de opinión más tarde en la aplicación.
widget-unproven-title = No se confirmó su identidad
widget-unproven-text = La verificación de identidad no se completó, así que no se pidió ningún registro médico. Puede intentarlo de nuevo en la aplicación.
widget-unprovable-title = La verificación de identidad no está bien configurada
widget-unprovable-text = No es culpa suya, y esperar no sirve de nada.
widget-expired-title = Esta solicitud ya venció
widget-expired-text = Por su seguridad, cada solicitud sirve una sola vez y por poco tiempo.
widget-expired-next = Cierre esta ventana y empiece de nuevo en la aplicación: recibirá una solicitud nueva.
widget-expired-back = Volver a la aplicación
widget-offline-title = Se perdió la conexión
widget-offline-text = Revise su conexión a internet. Puede seguir desde donde estaba.
widget-offline-restart = Revise su conexión a internet, vuelva a la aplicación y empiece de nuevo.
widget-broken-title = Algo falló de nuestro lado
widget-broken-text = No es culpa suya. Vuelva a la aplicación y empiece de nuevo en unos minutos.
widget-closed-title = Puede cerrar esta ventana
widget-closed-text = Vuelva a la aplicación para continuar.

widget-config-title = Esta aplicación no está bien configurada
widget-config-public-id = La aplicación dio un identificador (public-id) que falta o no tiene la forma correcta.
widget-config-organization = La aplicación dio un identificador (public-id) que no se usa en este servidor.
widget-config-tefca = Compartir registros por la red TEFCA no está activado para esta aplicación.
widget-config-identity = En este servidor la aplicación tiene que traer su identidad verificada (identity-request-uri) y no la trajo.
widget-config-insecure = Los registros solo se pueden compartir por una conexión segura (https).
widget-config-address = Esta página debe abrirse en { $url }.
widget-config-client = La aplicación no está bien registrada en este servidor.
widget-config-next = Avise al equipo de ayuda de la aplicación. No se compartió nada.
