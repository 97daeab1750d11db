using System.Collections.Immutable;
using Sallyport.Agent.Commands;
using Sallyport.Agent.Upload;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Configuration;

/// <summary>Single values out of the Action's inputs; what cannot be accepted is collected.</summary>
internal sealed class ActionInputValues(IReadOnlyDictionary<string, string> inputs)
{
    /// <summary>Bound on what a mistake shows of a value, characters.</summary>
    private const int MaxShown = 200;

    private const int MaxNameLength = 200;

    private readonly List<InputMistake> mistakes = [];

    /// <summary>By the inputs' names, then by places.</summary>
    internal ImmutableArray<InputMistake> Mistakes =>
    [
        .. mistakes.OrderBy(mistake => mistake.Input, StringComparer.Ordinal)
            .ThenBy(mistake => mistake.Line).ThenBy(mistake => mistake.Column),
    ];

    /// <summary>The value as it was written, or null when it is not there or blank.</summary>
    internal string? Raw(string name) =>
        inputs.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    internal void CheckNames()
    {
        foreach (var name in inputs.Keys.Where(name => !ActionInputName.All.Contains(name, StringComparer.Ordinal)))
        {
            var near = Nearest.To(name, ActionInputName.All);
            Add(name, name, near is null ? string.Join(", ", ActionInputName.All) : near,
                near is null ? "no such input" : $"no such input; did you mean {near}?");
        }
    }

    /// <summary>true and false as YAML 1.2 has them (core schema, 10.3.2).</summary>
    internal bool Truth(string name, bool unsaid = false)
    {
        switch (Raw(name)?.Trim())
        {
            case null:
                return unsaid;
            case "true" or "True" or "TRUE":
                return true;
            case "false" or "False" or "FALSE":
                return false;
            case var other:
                Add(name, other, "true or false", "neither true nor false");
                return unsaid;
        }
    }

    internal bool SudoIsBounded()
    {
        switch (Raw(ActionInputName.Sudo)?.Trim())
        {
            case null or "kept":
                return false;
            case "bounded":
                return true;
            case var other:
                Add(ActionInputName.Sudo, other, "kept or bounded; disable-sudo: true takes it away", "neither kept nor bounded");
                return false;
        }
    }

    internal FailOn FailOn()
    {
        var value = Configuration.FailOn.Never;
        if (Raw(ActionInputName.FailOn)?.Trim() is { } text && !FailOnReader.TryParse(text, out value))
        {
            Add(ActionInputName.FailOn, text, FailOnReader.Accepted, "not a list of reasons to fail");
        }

        return value;
    }

    internal Uri? Server()
    {
        if (Raw(ActionInputName.ServerUrl)?.Trim() is not { } text)
        {
            return null;
        }

        if (ServerAddress.TryRead(text, out var url))
        {
            return url;
        }

        Add(ActionInputName.ServerUrl, text, ServerAddress.Accepted, "not the address of a server");
        return null;
    }

    /// <summary>A key travels in a header: nothing but visible ASCII. The mistake does not show it.</summary>
    internal string? Key()
    {
        var text = Raw(ActionInputName.ApiKey)?.Trim();
        if (text is null || UploadTarget.IsCredential(text))
        {
            return text;
        }

        Add(ActionInputName.ApiKey, string.Empty, $"at most {UploadTarget.MaximumCredential} letters, digits and -._~+/=", "not a key");
        return null;
    }

    internal string? PolicyName()
    {
        var text = Raw(ActionInputName.Policy)?.Trim();
        if (text is null || (text.Length <= MaxNameLength && !text.Any(char.IsControl)))
        {
            return text;
        }

        Add(ActionInputName.Policy, text, $"at most {MaxNameLength} characters, on one line", "not the name of a policy");
        return null;
    }

    internal void Add(string name, string value, string accepted, string message, int line = 0, int column = 0)
    {
        var shown = value.Length <= MaxShown ? value : $"{value[..(MaxShown / 2)]}…{value[^(MaxShown / 2)..]}";
        mistakes.Add(new InputMistake(name, line, column, shown, accepted, message));
    }
}
