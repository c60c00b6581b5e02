# Un paciente sin token de identidad: el correo electrónico, su código, el camino a la verificación y de vuelta.

proofing-cancel = Detener y volver a la aplicación
proofing-email-title = Primero, su correo electrónico
proofing-email-intro = { $name } pide ver sus registros médicos. Solo usted puede permitirlo, así que primero nos aseguramos de que usted es usted. Toma unos minutos.
proofing-email-label = Su correo electrónico
proofing-email-hint = Enviamos un código ahí y no usamos la dirección para nada más.
proofing-email-send = Continuar
proofing-email-wrong = No podemos enviar correo a esta dirección. Revísela.
proofing-email-test-only = Esta aplicación está en modo de prueba, que solo conoce a los pacientes de prueba inventados. Elija uno de ellos abajo.
proofing-email-live-only = Esta dirección es de un paciente de prueba inventado. Use la suya.
proofing-code-title = Escriba el código
proofing-code-sent = Busque un código en el correo de { $email }. Sirve por diez minutos.
proofing-code-wait = Puede tardar un minuto en llegar. Si no llega, busque en su carpeta de correo no deseado. A una dirección se envían solo unos pocos códigos por hora, sea quien sea que los pida. Si no llega ninguno, inténtelo de nuevo en una hora.
proofing-code-test = Este es el modo de prueba, por eso no se envió ningún correo. El código es { $code }.
proofing-code-label = Código del correo
proofing-code-hint = Seis letras y números
proofing-code-confirm = Continuar
proofing-code-skip = Omitir este paso
proofing-code-wrong = Este no es el código que enviamos. Revíselo e inténtelo de nuevo.
proofing-code-spent = Este código ya no se puede usar. Se intentó demasiadas veces o ya pasó su tiempo.
proofing-code-again = Enviar un código nuevo
proofing-code-other = Usar otro correo electrónico
proofing-code-no-more = No se pueden enviar más códigos: hay { $count } para cada verificación de identidad.
proofing-code-no-more-usable = Escriba el último. Si no lo encuentra o la dirección no es suya, vuelva a la aplicación y empiece de nuevo.
proofing-code-no-more-spent = Vuelva a la aplicación y empiece de nuevo.
proofing-choose-title = Ahora demuestre quién es
proofing-choose-intro = Un servicio de identidad comprueba que usted es usted. Para eso sale de esta página y vuelve aquí cuando termina.
proofing-choose-ready = Tenga a mano su identificación o licencia de conducir y su teléfono.
proofing-choose-go = Continuar con { $name }
proofing-choose-privacy = De ahí recibimos su nombre, fecha de nacimiento, dirección, teléfono y correo. Las fotos de su identificación y de su cara se quedan ahí.
proofing-cancelled-title = La verificación de identidad no se completó
proofing-cancelled-what = Usted la detuvo, o el servicio no pudo asegurarse de que usted es usted. No se compartió nada.
proofing-cancelled-next = Puede intentarlo de nuevo o volver a la aplicación. Si pide ayuda, dé la línea de abajo al equipo de ayuda de la aplicación.
proofing-unavailable-title = El servicio de identidad no responde
proofing-unavailable-what = No es culpa suya. No se puede llegar al servicio en este momento, o tardó demasiado. No se compartió nada.
proofing-unavailable-next = Espere un minuto e inténtelo de nuevo, o vuelva a la aplicación. Si vuelve a pasar, dé la línea de abajo al equipo de ayuda de la aplicación.
proofing-misconfigured-title = La verificación de identidad no está bien configurada
proofing-misconfigured-what = Algo no está bien configurado entre nosotros y el servicio de identidad. No es culpa suya, y esperar no sirve de nada. No se compartió nada.
proofing-misconfigured-next = Vuelva a la aplicación y dé la línea de abajo al equipo de ayuda de la aplicación. Si aquí se ofrece otro servicio de identidad, puede probar con ese.
proofing-refused-title = No pudimos aceptar la verificación de identidad
proofing-refused-what = Lo que el servicio de identidad nos dijo de usted no cumple nuestras reglas. No se compartió nada.
proofing-refused-next = Puede intentarlo de nuevo. Si vuelve a pasar, regrese a la aplicación y dé la línea de abajo al equipo de ayuda de la aplicación.
proofing-window-title = Demuestre quién es
proofing-window-intro = { $name } pide ver sus registros médicos. Para comprobar que es usted, abriremos un servicio de identidad en otra ventana.
proofing-window-next = Cuando termine, vuelva aquí. Esta página continuará automáticamente.
proofing-window-open = Abrir la ventana
proofing-window-closed = ¿Cerró la ventana? No se perdió nada: ábrala de nuevo y la verificación continuará donde la dejó.
proofing-window-blocked = Su navegador no abrió ninguna ventana. Permita las ventanas emergentes en esta página e inténtelo de nuevo.

# El correo con el código

letter-code-subject = Su código para compartir registros médicos con { $name }
letter-code = Su código: { $code }
letter-code-what = Escríbalo en la página donde { $name } le pidió su correo electrónico. Sirve una sola vez, por diez minutos. No se lo dé a nadie: nadie se lo pedirá por teléfono ni por mensaje.
letter-code-not-you = Si usted no lo pidió, no tiene que hacer nada. Sin el código no se comparte nada.
