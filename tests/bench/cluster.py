#!/usr/bin/env python3
"""cluster.py PODS FOLDER

Writes cluster.json and cluster.yaml, a List of that many Pods, each with a Secret of its own, as
`kubectl get pods,secrets -o json` and `-o yaml` print it.
"""

import base64
import json
import pathlib
import sys

import yaml


def probe(path):
    return {'failureThreshold': 3, 'httpGet': {'path': path, 'port': 8080, 'scheme': 'HTTP'},
            'initialDelaySeconds': 10, 'periodSeconds': 10, 'successThreshold': 1, 'timeoutSeconds': 1}


def metadata(name, number, **more):
    return {'creationTimestamp': '2026-01-01T00:00:00Z', 'name': name, 'namespace': f'team-{number % 40}',
            'resourceVersion': str(10_000 + number), 'uid': f'0e6d1d5a-6f2f-4b8b-9a5e-{number:012d}', **more}


def pod(number):
    image = f'registry-{number % 20}.example.com/acme/app-{number}:1.{number}'
    owner = {'apiVersion': 'apps/v1', 'blockOwnerDeletion': True, 'controller': True, 'kind': 'ReplicaSet',
             'name': f'app-{number}-7c5ddbdf54', 'uid': '0e6d1d5a-6f2f-4b8b-9a5e-1f0f0f0f0f0f'}
    container = {
        'args': ['--port=8080', '--log-level=info'],
        'env': [{'name': f'SETTING_{i}', 'value': f'value-{i}-{number}'} for i in range(10)],
        'image': image, 'imagePullPolicy': 'IfNotPresent', 'livenessProbe': probe('/healthz'), 'name': 'app',
        'ports': [{'containerPort': 8080, 'name': 'http', 'protocol': 'TCP'}],
        'readinessProbe': probe('/ready'),
        'resources': {'limits': {'cpu': '500m', 'memory': '512Mi'}, 'requests': {'cpu': '100m', 'memory': '128Mi'}},
        'securityContext': {'allowPrivilegeEscalation': False, 'capabilities': {'drop': ['ALL']}},
        'terminationMessagePath': '/dev/termination-log', 'terminationMessagePolicy': 'File',
        'volumeMounts': [{'mountPath': '/etc/app', 'name': 'config'},
                         {'mountPath': '/var/run/secrets/kubernetes.io/serviceaccount', 'name': 'token',
                          'readOnly': True}]}
    tolerations = [{'effect': 'NoExecute', 'key': f'node.kubernetes.io/{state}', 'operator': 'Exists',
                    'tolerationSeconds': 300} for state in ('not-ready', 'unreachable')]
    token = [{'serviceAccountToken': {'expirationSeconds': 3607, 'path': 'token'}},
             {'configMap': {'items': [{'key': 'ca.crt', 'path': 'ca.crt'}], 'name': 'kube-root-ca.crt'}},
             {'downwardAPI': {'items': [{'fieldRef': {'apiVersion': 'v1', 'fieldPath': 'metadata.namespace'},
                                         'path': 'namespace'}]}}]
    conditions = [{'lastProbeTime': None, 'lastTransitionTime': '2026-01-01T00:00:00Z', 'status': 'True',
                   'type': kind} for kind in ('Initialized', 'Ready', 'ContainersReady', 'PodScheduled')]
    return {
        'apiVersion': 'v1', 'kind': 'Pod',
        'metadata': metadata(f'app-{number}-7c5ddbdf54-x2x9k', number, labels={'app': f'app-{number}'},
                             ownerReferences=[owner]),
        'spec': {'containers': [container], 'dnsPolicy': 'ClusterFirst', 'enableServiceLinks': True,
                 'imagePullSecrets': [{'name': f'regcred-{number}'}], 'nodeName': f'node-{number % 50}',
                 'priority': 0, 'restartPolicy': 'Always', 'schedulerName': 'default-scheduler',
                 'securityContext': {'fsGroup': 2000}, 'serviceAccountName': 'default',
                 'terminationGracePeriodSeconds': 30, 'tolerations': tolerations,
                 'volumes': [{'configMap': {'defaultMode': 420, 'name': 'config'}, 'name': 'config'},
                             {'name': 'token', 'projected': {'defaultMode': 420, 'sources': token}}]},
        'status': {'conditions': conditions, 'hostIP': '10.0.0.1', 'phase': 'Running', 'podIP': '10.1.0.1',
                   'containerStatuses': [{'containerID': f'containerd://{number:064x}', 'image': image,
                                          'imageID': f'{image}@sha256:{number:064x}', 'lastState': {},
                                          'name': 'app', 'ready': True, 'restartCount': 0, 'started': True,
                                          'state': {'running': {'startedAt': '2026-01-01T00:00:00Z'}}}],
                   'podIPs': [{'ip': '10.1.0.1'}], 'qosClass': 'Burstable', 'startTime': '2026-01-01T00:00:00Z'}}


def secret(number):
    username, password = f'user-{number}', f'hunter2-{number}'
    auth = base64.b64encode(f'{username}:{password}'.encode()).decode()
    entry = {'username': username, 'password': password, 'auth': auth}
    config = json.dumps({'auths': {f'registry-{number % 20}.example.com': entry}})
    return {'apiVersion': 'v1', 'data': {'.dockerconfigjson': base64.b64encode(config.encode()).decode()},
            'kind': 'Secret', 'metadata': metadata(f'regcred-{number}', number),
            'type': 'kubernetes.io/dockerconfigjson'}


pods, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
cluster = {'apiVersion': 'v1', 'items': [make(number) for make in (pod, secret) for number in range(pods)],
           'kind': 'List', 'metadata': {'resourceVersion': ''}}
with open(folder / 'cluster.json', 'w') as file:
    json.dump(cluster, file, indent=4)
with open(folder / 'cluster.yaml', 'w') as file:
    yaml.dump(cluster, file, Dumper=yaml.CSafeDumper, default_flow_style=False, width=10**9)
