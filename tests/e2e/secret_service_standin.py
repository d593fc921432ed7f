#!/usr/bin/python3
"""A stand-in for a Secret Service, for what no real one does on demand.

usage: secret_service_standin.py BEHAVIOUR...

It owns org.freedesktop.secrets on the session bus and has one item, for the server URL ghcr.io, in
a locked collection; to unlock it takes a prompt. BEHAVIOUR is one of

  silent          answers nothing
  dies            ends when it is searched
  ignores         nobody answers its prompt; ends, and says so, when that is dismissed
  dismisses       its prompt is dismissed at once
  dies-prompting  ends while its prompt is open
  stays-locked    unlocks nothing, whatever the prompt came to
  forgets         its item is gone as soon as it is found
  plain           its item is not locked and has the secret 'hunter2 in the clear', which it
                  encrypts for nobody
  many COUNT      finds so many items, none of them locked, each with a server URL of its own
  long COUNT      its item is not locked, and has a username of so many bytes
  large COUNT     as plain, with a secret of so many bytes
  late COUNT      knows none of its methods for so many calls, as gnome-keyring at times, and has
                  nothing then
"""

import os
import sys

from gi.repository import Gio, GLib

INTERFACES = """<node>
<interface name='org.freedesktop.Secret.Service'>
  <method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>
    <arg type='v' direction='out'/><arg type='o' direction='out'/></method>
  <method name='SearchItems'><arg type='a{ss}' direction='in'/>
    <arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>
  <method name='Unlock'><arg type='ao' direction='in'/>
    <arg type='ao' direction='out'/><arg type='o' direction='out'/></method>
  <method name='ReadAlias'><arg type='s' direction='in'/>
    <arg type='o' direction='out'/></method>
</interface>
<interface name='org.freedesktop.Secret.Item'>
  <method name='GetSecret'><arg type='o' direction='in'/>
    <arg type='(oayays)' direction='out'/></method>
  <property name='Locked' type='b' access='read'/>
  <property name='Attributes' type='a{ss}' access='read'/>
  <property name='Modified' type='t' access='read'/>
</interface>
<interface name='org.freedesktop.Secret.Prompt'>
  <method name='Prompt'><arg type='s' direction='in'/></method>
  <method name='Dismiss'/>
  <signal name='Completed'><arg type='b'/><arg type='v'/></signal>
</interface>
<interface name='org.freedesktop.Secret.Collection'>
  <method name='CreateItem'><arg type='a{sv}' direction='in'/>
    <arg type='(oayays)' direction='in'/><arg type='b' direction='in'/>
    <arg type='o' direction='out'/><arg type='o' direction='out'/></method>
</interface>
</node>"""

SERVICE = '/org/freedesktop/secrets'
COLLECTION = SERVICE + '/collection/standin'
ITEM = COLLECTION + '/1'
PROMPT = SERVICE + '/prompt/1'
SESSION = SERVICE + '/session/1'
PROPERTIES = {
    'Locked': GLib.Variant('b', sys.argv[1] not in ('plain', 'many', 'long', 'large')),
    'Modified': GLib.Variant('t', 1),
}


def attributes(server):
    username = 'u' * count if behaviour == 'long' else 'builder'
    return GLib.Variant('a{ss}', {
        'xdg:schema': 'io.docker.Credentials', 'label': 'Docker Credentials',
        'server': server, 'username': username, 'docker_cli': '1'})


def byte_array(data):
    """In one piece; GLib.Variant('ay', data) makes a value of each byte."""
    return GLib.Variant.new_from_bytes(GLib.VariantType('ay'), GLib.Bytes.new(data), True)


def die():
    os._exit(1)


def complete(connection, dismissed):
    result = GLib.Variant('(bv)', (dismissed, GLib.Variant('ao', [])))
    connection.emit_signal(None, PROMPT, 'org.freedesktop.Secret.Prompt', 'Completed', result)


def show_prompt(connection):
    if behaviour == 'dismisses':
        complete(connection, True)
    elif behaviour == 'stays-locked':
        complete(connection, False)
    elif behaviour == 'dies-prompting':
        GLib.timeout_add(100, die)


def say_unknown(interface, method, invocation):
    """The words are GDBus's, of an interface whose implementation does not take the call."""
    invocation.return_dbus_error(
        'org.freedesktop.DBus.Error.UnknownMethod',
        f'Method {method} is not implemented on interface {interface}')


def call(connection, _sender, path, interface, method, arguments, invocation):
    global unknown_calls
    if behaviour == 'silent':
        return
    if path == SERVICE and unknown_calls > 0:
        unknown_calls -= 1
        say_unknown(interface, method, invocation)
    elif method == 'SearchItems':
        if behaviour == 'dies':
            die()
        found = [] if behaviour == 'late' else items
        invocation.return_value(GLib.Variant('(aoao)', ([], found)))
    elif method == 'Unlock':
        prompt = '/' if behaviour == 'plain' else PROMPT
        invocation.return_value(GLib.Variant('(aoo)', ([], prompt)))
    elif method == 'ReadAlias':
        invocation.return_value(GLib.Variant('(o)', (COLLECTION,)))
    elif method == 'OpenSession' and arguments.unpack()[0] != 'plain':
        invocation.return_dbus_error('org.freedesktop.DBus.Error.NotSupported', 'only plain')
    elif method == 'OpenSession':
        invocation.return_value(GLib.Variant('(vo)', (GLib.Variant('s', ''), SESSION)))
    elif method == 'GetSecret' and behaviour in ('plain', 'large'):
        secret = b'x' * count if behaviour == 'large' else b'hunter2 in the clear'
        invocation.return_value(GLib.Variant.new_tuple(GLib.Variant.new_tuple(
            GLib.Variant('o', SESSION), byte_array(b''), byte_array(secret),
            GLib.Variant('s', 'text/plain'))))
    elif method == 'GetSecret':
        invocation.return_dbus_error('org.freedesktop.Secret.Error.IsLocked', 'locked')
    elif method == 'CreateItem':  # which no search finds
        invocation.return_value(GLib.Variant('(oo)', (COLLECTION + '/created', '/')))
    elif method == 'Prompt':
        invocation.return_value(None)
        show_prompt(connection)
    elif method == 'Dismiss':
        invocation.return_value(None)
        print('dismissed')
        loop.quit()


def get_property(_connection, _sender, path, _interface, name):
    if name == 'Attributes':
        return attributes('ghcr.io' if path == ITEM else path.rsplit('/', 1)[1] + '.example')
    return PROPERTIES[name]


behaviour = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 0
unknown_calls = count if behaviour == 'late' else 0
items = [ITEM] if behaviour != 'many' else [f'{COLLECTION}/{i}' for i in range(count)]
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
node = Gio.DBusNodeInfo.new_for_xml(INTERFACES)
objects = [(SERVICE, 0), (PROMPT, 2)]
if behaviour != 'forgets':
    objects += [(item, 1) for item in items[:1000]]  # nobody comes to ask for more of too many
for path, interface in objects:
    bus.register_object(path, node.interfaces[interface], call, get_property, None)
bus.register_object(COLLECTION, node.interfaces[3], call, None, None)
Gio.bus_own_name_on_connection(bus, 'org.freedesktop.secrets', Gio.BusNameOwnerFlags.NONE, None, None)
loop = GLib.MainLoop()
loop.run()
