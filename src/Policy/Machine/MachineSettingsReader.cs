using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Machine;

/// <summary>Reads agent.yml, collecting every mistake. Never throws on what it holds.</summary>
public static class MachineSettingsReader
{
    private const int MostKeptJobs = 10_000;
    private const int MostMegabytes = 1_000_000;
    private const int MostActions = 32;

    private static readonly ImmutableArray<string> Keys =
        ["version", "scope", "policy", "floor", "policyActions", "runner", "unprotected", "sudo", "keep", "server", "cgroupRoot"];

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">As mistakes name it.</param>
    /// <param name="bytes">Longer than <see cref="PolicySource.MaxFileBytes"/> is a mistake.</param>
    public static MachineSettingsReading Read(string path, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        var mistakes = new MistakeList();
        var nodes = new NodeReader(path, mistakes);
        MachineSettings settings = MachineSettings.Default;
        if (new YamlText(path, mistakes).Prepare(bytes) is { } text
            && new YamlReader(path, mistakes).Read(text) is { } root
            && nodes.Mapping(root, "the document", "version: 1, scope: job | machine, floor: /etc/sallyport/floor.yml") is { } mapping)
        {
            nodes.CheckKeys(mapping, "the document", Keys);
            if (!mapping.Entries.Exists(entry => entry.Key.Text == "version"))
            {
                nodes.Add(mapping, "version is missing", "version: 1");
            }
            var lists = new ListReader(path, mistakes);
            foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
            {
                settings = ReadKey(settings, key.Text, value, nodes, new BlockReader(nodes, lists));
            }
        }
        return new MachineSettingsReading(
            mistakes.IsEmpty ? settings : null, mistakes.ToImmutable([PolicySource.File(path, bytes)]));
    }

    private static MachineSettings ReadKey(
        MachineSettings settings, string key, YamlNode value, NodeReader nodes, BlockReader blocks) => key switch
        {
            "version" => CheckVersion(settings, value, nodes),
            "scope" => settings with
            {
                Scope = nodes.Word<JobScope>(value, "scope", [("job", JobScope.Job), ("machine", JobScope.Machine)]),
            },
            "policy" => settings with { Policy = AbsolutePath(value, "policy", nodes) },
            "floor" => settings with { Floor = AbsolutePath(value, "floor", nodes) },
            "policyActions" => settings with { PolicyActions = Actions(value, nodes) },
            "runner" => settings with { RunnerAllow = Runner(value, nodes, blocks) },
            "unprotected" => settings with
            {
                StopsUnprotected = nodes.Word<bool>(value, "unprotected", [("stop", true), ("warn", false)]) ?? true,
            },
            "sudo" => settings with
            {
                BoundsSudo = nodes.Word<bool>(value, "sudo", [("kept", false), ("bounded", true)]) ?? false,
            },
            "keep" => Keep(settings, value, nodes),
            "server" => Server(settings, value, nodes),
            "cgroupRoot" => settings with { CgroupRoot = AbsolutePath(value, "cgroupRoot", nodes) },
            _ => settings,
        };

    private static MachineSettings CheckVersion(MachineSettings settings, YamlNode value, NodeReader nodes)
    {
        if (nodes.Text(value, "version", "1") is { } version && version != "1")
        {
            nodes.Add(value, "this version of the format is not known", "1");
        }
        return settings;
    }

    private static string? AbsolutePath(YamlNode value, string key, NodeReader nodes)
    {
        const string Accepted = "an absolute path, such as /etc/sallyport/floor.yml";
        if (nodes.Text(value, key, Accepted, maxLength: 4096) is not { } path)
        {
            return null;
        }
        if (path[0] == '/' && !path.Contains('\0', StringComparison.Ordinal))
        {
            return path;
        }
        nodes.Add(value, $"{key} is no absolute path", Accepted);
        return null;
    }

    private static ImmutableArray<string> Actions(YamlNode value, NodeReader nodes)
    {
        const string Accepted = "a list of owner/repo, [] for none";
        List<YamlNode> items = nodes.List(value, "policyActions", Accepted);
        if (items.Count > MostActions)
        {
            nodes.Add(value, $"{items.Count} actions", $"at most {MostActions}");
        }
        ImmutableArray<string>.Builder actions = ImmutableArray.CreateBuilder<string>();
        foreach (YamlNode item in items.Take(MostActions))
        {
            if (nodes.Text(item, "an action", "owner/repo") is not { } action)
            {
                continue;
            }
            if (action.Count(c => c == '/') == 1 && action[0] != '/' && action[^1] != '/' && !action.Contains('@', StringComparison.Ordinal))
            {
                actions.Add(action);
            }
            else
            {
                nodes.Add(item, "not the name of an action", "owner/repo, without a ref");
            }
        }
        return actions.ToImmutable();
    }

    private static ImmutableArray<PolicyRule> Runner(YamlNode value, NodeReader nodes, BlockReader blocks)
    {
        if (nodes.Mapping(value, "runner", "runner: { allow: [ghe.example.com:443] }") is not { } mapping)
        {
            return [];
        }
        nodes.CheckKeys(mapping, "runner", "allow");
        YamlNode? allow = mapping.Entries.Find(entry => entry.Key.Text == "allow").Value;
        return allow is null ? [] : blocks.ReadRules(allow, "allow", EndpointUse.Allow);
    }

    private static MachineSettings Server(MachineSettings settings, YamlNode value, NodeReader nodes)
    {
        const string Proxy = "http://proxy.example.com:3128";
        if (nodes.Mapping(value, "server", "server: { url: https://sallyport.example.com, keyFile: /etc/sallyport/api.key }") is not { } mapping)
        {
            return settings;
        }
        nodes.CheckKeys(mapping, "server", "url", "keyFile", "proxy", "denyListKey", "overrideKey");
        foreach ((YamlScalar key, YamlNode node) in mapping.Entries)
        {
            if (key.Text == "keyFile")
            {
                settings = settings with { ServerKeyFile = AbsolutePath(node, "keyFile", nodes) };
            }
            else if (key.Text == "denyListKey")
            {
                settings = settings with { ServerDenyListKey = PublicKey(node, "denyListKey", nodes) };
            }
            else if (key.Text == "overrideKey")
            {
                settings = settings with { ServerOverrideKey = PublicKey(node, "overrideKey", nodes) };
            }
            else if (key.Text == "proxy" && nodes.Text(node, "proxy", Proxy) is { } proxy)
            {
                // Uri would take blanks around it, and curl one line alone.
                if (!proxy.Any(char.IsWhiteSpace) && Uri.TryCreate(proxy, UriKind.Absolute, out Uri? through) && through.Scheme is "http" or "https")
                {
                    settings = settings with { ServerProxy = proxy };
                }
                else
                {
                    nodes.Add(node, "proxy is no address of a proxy", Proxy);
                }
            }
            else if (key.Text == "url" && nodes.Text(node, "url", ServerAddress.Accepted, maxLength: ServerAddress.MaxLength) is { } text)
            {
                if (ServerAddress.TryRead(text, out Uri? url))
                {
                    settings = settings with { Server = url };
                }
                else
                {
                    nodes.Add(node, "url is no address of a server", ServerAddress.Accepted);
                }
            }
        }
        if (!mapping.Entries.Exists(entry => entry.Key.Text == "url") || !mapping.Entries.Exists(entry => entry.Key.Text == "keyFile"))
        {
            nodes.Add(mapping, "a server needs both, its url and a keyFile", "url, keyFile");
        }
        return settings;
    }

    private static string? PublicKey(YamlNode node, string key, NodeReader nodes)
    {
        if (nodes.Text(node, key, PublicKeyText.Accepted) is not { } text)
        {
            return null;
        }
        if (PublicKeyText.TryRead(text, out _))
        {
            return text;
        }
        nodes.Add(node, $"{key} is no key", PublicKeyText.Accepted);
        return null;
    }

    private static MachineSettings Keep(MachineSettings settings, YamlNode value, NodeReader nodes)
    {
        if (nodes.Mapping(value, "keep", "keep: { jobs: 100, megabytes: 1000 }") is not { } mapping)
        {
            return settings;
        }
        nodes.CheckKeys(mapping, "keep", "jobs", "megabytes");
        foreach ((YamlScalar key, YamlNode node) in mapping.Entries)
        {
            settings = key.Text switch
            {
                "jobs" => settings with { KeepJobs = Number(node, "jobs", MostKeptJobs, nodes) ?? settings.KeepJobs },
                "megabytes" => settings with
                {
                    KeepMegabytes = Number(node, "megabytes", MostMegabytes, nodes) ?? settings.KeepMegabytes,
                },
                _ => settings,
            };
        }
        return settings;
    }

    private static int? Number(YamlNode node, string key, int most, NodeReader nodes)
    {
        string accepted = string.Create(CultureInfo.InvariantCulture, $"a number from 1 to {most}");
        if (nodes.Text(node, key, accepted) is not { } text)
        {
            return null;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most)
        {
            return number;
        }
        nodes.Add(node, $"{key} cannot be this", accepted);
        return null;
    }
}
