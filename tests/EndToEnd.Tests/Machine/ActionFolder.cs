using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// The Action as a release has it (`eng/build --action DIR` does the same with out/sallyport): its files with the agent under
/// test beside them and its hash in agent.json. And the table by which the stand-in finds it and the other actions.
/// </summary>
internal static class ActionFolder
{
    /// <summary>Main does nothing; what post does, `script`, comes after every step.</summary>
    private const string Late = """
        name: Late
        inputs: { script: { default: "" } }
        runs: { using: node24, main: main.js, post: post.js }
        """;

    private const string LatePost =
        "require('node:child_process').spawnSync('/bin/sh', ['-c', process.env.INPUT_SCRIPT], { stdio: 'inherit' })";

    /// <summary>Each stage calls `url`, the stage's name behind it.</summary>
    private const string Staged = """
        name: Staged
        inputs: { url: { default: "" } }
        runs: { using: node24, pre: pre.js, main: main.js, post: post.js }
        """;

    private const string Stage = """
        const stage = require('node:path').basename(__filename, '.js');
        require('node:child_process').spawnSync('curl', ['-sS', '--max-time', '5', process.env.INPUT_URL + stage], { stdio: 'inherit' });
        """;

    /// <summary>Two scripts and an action with a post.</summary>
    private const string Composite = """
        name: Composite
        inputs: { url: { default: "" } }
        runs:
          using: composite
          steps:
            - id: inner
              run: curl -sS --max-time 30 ${{ inputs.url }}inner || true
              shell: bash
            - run: curl -sS --max-time 30 ${{ inputs.url }}second || true
              shell: sh
            - uses: test/staged@v1
              with:
                url: ${{ inputs.url }}node-
        """;

    /// <summary>Lines of a script: the action test/wrapped is `./wrapped` of the workspace from then on. The runner has no `pre` for a local one.</summary>
    public const string TakeWrapped = $"cp -r {RunnerMachine.Work}/actions/wrapped .";

    /// <summary>Protection as a part of another action.</summary>
    private const string Wrapped = """
        name: Wrapped
        inputs: { mode: { default: "" }, endpoints: { default: "" } }
        runs:
          using: composite
          steps:
            - uses: step-security/harden-runner@rc
              with:
                egress-policy: ${{ inputs.mode }}
                allowed-endpoints: ${{ inputs.endpoints }}
                deploy-on-self-hosted-vm: "true"
        """;

    /// <summary>Runs `script` in a container of an image of its own, whose build calls out too.</summary>
    private const string Docker = """
        name: Docker
        inputs: { script: { default: "" } }
        runs: { using: docker, image: Dockerfile, args: ["${{ inputs.script }}"] }
        """;

    private const string Dockerfile = $"""
        FROM ubuntu:latest
        LABEL action=docker
        RUN curl -sS --max-time 30 http://{LabAddresses.Attacker}/built || true
        ENTRYPOINT ["/bin/bash", "-c"]
        """;

    /// <summary>Writes both below a folder, and returns the path of the table.</summary>
    public static string LayOut(string folder, string product)
    {
        string action = Path.Combine(folder, "action");
        string scripts = Directory.CreateDirectory(Path.Combine(action, "action")).FullName;
        string source = LabOptions.RepositoryRoot;
        // These machines are no hosted ones, which would be watched as a whole, and live for one test: a step that says nothing deploys.
        const string Undeployed = "Better: have the agent in the image.\n    default: \"\"";
        string inputs = File.ReadAllText(Path.Combine(source, "action.yml"));
        string deploying = inputs.Replace(Undeployed, Undeployed.Replace("\"\"", "\"true\"", StringComparison.Ordinal), StringComparison.Ordinal);
        File.WriteAllText(
            Path.Combine(action, "action.yml"), deploying != inputs ? deploying : throw new LabException("action.yml has no such input."));
        foreach (string script in Directory.EnumerateFiles(Path.Combine(source, "action"), "*.mjs"))
        {
            File.Copy(script, Path.Combine(scripts, Path.GetFileName(script)));
        }

        string processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        JsonNode list = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "action", "agent.json")))!;
        JsonNode entry = list["agents"]![processor]!;
        File.Copy(product, Path.Combine(scripts, (string)entry["file"]!));
        byte[] bytes = File.ReadAllBytes(product);
        entry["bytes"] = bytes.Length;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllText(Path.Combine(scripts, "agent.json"), list.ToJsonString());

        string late = Directory.CreateDirectory(Path.Combine(folder, "late")).FullName;
        File.WriteAllText(Path.Combine(late, "action.yml"), Late);
        File.WriteAllText(Path.Combine(late, "main.js"), "");
        File.WriteAllText(Path.Combine(late, "post.js"), LatePost);
        string docker = Directory.CreateDirectory(Path.Combine(folder, "docker")).FullName;
        File.WriteAllText(Path.Combine(docker, "action.yml"), Docker);
        File.WriteAllText(Path.Combine(docker, "Dockerfile"), Dockerfile);
        string staged = Directory.CreateDirectory(Path.Combine(folder, "staged")).FullName;
        File.WriteAllText(Path.Combine(staged, "action.yml"), Staged);
        foreach (string stage in (string[])["pre", "main", "post"])
        {
            File.WriteAllText(Path.Combine(staged, $"{stage}.js"), Stage);
        }

        string composite = Directory.CreateDirectory(Path.Combine(folder, "composite")).FullName;
        File.WriteAllText(Path.Combine(composite, "action.yml"), Composite);
        string wrapped = Directory.CreateDirectory(Path.Combine(folder, "wrapped")).FullName;
        File.WriteAllText(Path.Combine(wrapped, "action.yml"), Wrapped);
        string map = Path.Combine(folder, "actions.json");
        File.WriteAllText(map, JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["step-security/harden-runner@rc"] = action,
            ["sallyport/sallyport@v1"] = action,
            ["actions/checkout@v4"] = Path.Combine(AppContext.BaseDirectory, "actions", "checkout"),
            ["test/late@v1"] = late,
            ["test/docker@v1"] = docker,
            ["test/staged@v1"] = staged,
            ["test/composite@v1"] = composite,
            ["test/wrapped@v1"] = wrapped,
        }));
        return map;
    }
}
