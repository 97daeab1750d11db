using System.CommandLine;
using System.Text;

namespace Sallyport.Agent.Commands;

/// <summary>Completion scripts. Words are subcommands and options of the grammar: letters and hyphens only.</summary>
internal static class CompletionScript
{
    internal static string For(string shell, Command root) => shell switch
    {
        "bash" => Bash(root),
        "zsh" => "#compdef sallyport\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(root),
        _ => Fish(root),
    };

    /// <summary>After -- the command's own completion is left to the shell.</summary>
    private static string Bash(Command root)
    {
        var cases = new StringBuilder();
        foreach (var (path, command) in Walk(root, string.Empty))
        {
            _ = cases.Append("    '").Append(path).Append("') words='").AppendJoin(' ', Words(command)).Append("' ;;\n");
        }

        return $$"""
            _sallyport() {
              local path='' word words='' i
              for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [ "$word" = -- ]; then
                  COMPREPLY=($(compgen -c -f -- "${COMP_WORDS[COMP_CWORD]}"))
                  return
                fi
                case $word in
                  -*) ;;
                  *) case " {{string.Join(' ', Walk(root, string.Empty).Select(pair => pair.Path.Replace(' ', '/')))}} " in
                       *" ${path:+$path/}$word "*) path=${path:+$path/}$word ;;
                     esac ;;
                esac
              done
              case ${path//\// } in
            {{cases}}  esac
              COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
              case ${COMP_WORDS[COMP_CWORD]} in -*) ;; *) COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;; esac
            }
            complete -o filenames -F _sallyport sallyport

            """;
    }

    private static string Fish(Command root)
    {
        var script = new StringBuilder();
        foreach (var (path, command) in Walk(root, string.Empty))
        {
            var names = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var condition = names.Length == 0
                ? "__fish_use_subcommand"
                : string.Join("; and ", names.Select(name => $"__fish_seen_subcommand_from {name}"));
            foreach (var sub in command.Subcommands.Where(sub => !sub.Hidden))
            {
                _ = script.Append($"complete -c sallyport -n '{condition}' -f -a {sub.Name} -d '{Quote(sub.Description)}'\n");
            }

            foreach (var option in command.Options.Where(option => !option.Hidden && option.Name.StartsWith("--", StringComparison.Ordinal)))
            {
                _ = script.Append($"complete -c sallyport -n '{condition}' -l {option.Name[2..]} -d '{Quote(option.Description)}'\n");
            }
        }

        return script.ToString();
    }

    private static string Quote(string? text) => (text ?? string.Empty)
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    private static IEnumerable<string> Words(Command command) =>
        command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
            .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name));

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path)
    {
        yield return (path, command);
        foreach (var sub in command.Subcommands.Where(sub => !sub.Hidden))
        {
            foreach (var below in Walk(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}"))
            {
                yield return below;
            }
        }
    }
}
