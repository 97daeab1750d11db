using System.Collections.Concurrent;

namespace Sallyport.Lab.Dns;

/// <summary>
/// What every DNS server of a laboratory knows. A name of which nothing is known is NXDOMAIN; a name with records of
/// other types only gives an empty answer; aliases are followed, as a recursive resolver does.
/// </summary>
public sealed class DnsZones
{
    private const int MaxAliases = 16;
    private readonly ConcurrentDictionary<string, IReadOnlyList<DnsRecord>> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DnsReply> _replies = new(StringComparer.Ordinal);

    /// <summary>Adds records; an owner <c>*.zone</c> answers for each name below the zone without records.</summary>
    public void Add(params DnsRecord[] records)
    {
        foreach (var record in records)
        {
            _records.AddOrUpdate(record.Owner, [record], (_, known) => [.. known, record]);
        }
    }

    public void Add(string name, params string[] addresses) =>
        Add([.. addresses.Select(address => DnsRecord.OfAddress(name, address))]);

    /// <summary>Answers every question for the name with just this, whatever its type.</summary>
    public void Say(string name, DnsReply reply) => _replies[name] = reply;

    internal DnsReply Answer(DnsQuestion question)
    {
        if (_replies.TryGetValue(question.Name, out var reply))
        {
            return reply;
        }

        var answers = new List<DnsRecord>();
        var name = question.Name;
        for (var i = 0; i < MaxAliases; i++)
        {
            var records = Find(name);
            if (records is null)
            {
                return new DnsReply { Answers = answers, Code = answers.Count == 0 ? 3 : 0 };
            }

            var matching = records
                .Where(r => r.RecordType == question.QuestionType || question.QuestionType == 255)
                .Select(r => r with { Owner = name })
                .ToList();
            var alias = records.FirstOrDefault(r => r.RecordType == DnsRecord.Alias);
            if (matching.Count > 0 || alias is null)
            {
                answers.AddRange(matching);
                break;
            }

            answers.Add(alias with { Owner = name });
            name = DnsName.ToText(alias.Data.Span);
        }

        return new DnsReply { Answers = answers };
    }

    private IReadOnlyList<DnsRecord>? Find(string name)
    {
        if (_records.TryGetValue(name, out var records))
        {
            return records;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_records.TryGetValue("*" + name[dot..], out records))
            {
                return records;
            }
        }

        return null;
    }
}
