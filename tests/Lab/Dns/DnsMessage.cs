using System.Buffers.Binary;

namespace Sallyport.Lab.Dns;

/// <summary>Reads questions and writes answers (RFC 1035 section 4; EDNS by RFC 6891).</summary>
internal static class DnsMessage
{
    private const int HeaderBytes = 12;
    private const int OptionType = 41;

    /// <summary>All questions of a message; false when they cannot be read.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, out List<DnsQuestion> questions, out bool hasOptions)
    {
        questions = [];
        hasOptions = false;
        if (message.Length < HeaderBytes)
        {
            return false;
        }

        var at = HeaderBytes;
        for (var count = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); count > 0; count--)
        {
            var start = at;
            while (at < message.Length && message[at] is > 0 and < 64)
            {
                at += message[at] + 1;
            }

            if (at + 5 > message.Length || message[at] != 0)
            {
                return false;
            }

            var wire = message[start..++at].ToArray();
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            questions.Add(new DnsQuestion(wire, DnsName.ToText(wire).ToLowerInvariant(), type));
            at += 4;
        }

        hasOptions = BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0 && at + 3 <= message.Length
            && message[at] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]) == OptionType;
        return questions.Count > 0;
    }

    /// <summary>An answer to all the questions; longer than <paramref name="limit"/> bytes, it is cut and says TC.
    /// </summary>
    internal static byte[] Write(
        ReadOnlySpan<byte> asked, List<DnsQuestion> questions, DnsReply reply, bool withOptions, int limit)
    {
        var message = WriteAll(asked, questions, reply, withOptions);
        if (message.Length <= limit && !(reply.Truncated && limit < ushort.MaxValue))
        {
            return message;
        }

        message = WriteAll(asked, questions, new DnsReply { Code = reply.Code }, withOptions);
        message[2] |= 2;
        return message;
    }

    private static byte[] WriteAll(
        ReadOnlySpan<byte> asked, List<DnsQuestion> questions, DnsReply reply, bool withOptions)
    {
        var bytes = new List<byte>([asked[0], asked[1], (byte)(0x80 | (asked[2] & 1)), (byte)(0x80 | reply.Code)]);
        Add16(bytes, questions.Count);
        Add16(bytes, reply.Answers.Count);
        Add16(bytes, 0);
        Add16(bytes, reply.Additional.Count + (withOptions ? 1 : 0));
        foreach (var question in questions)
        {
            bytes.AddRange(question.Wire);
            Add16(bytes, question.QuestionType);
            Add16(bytes, 1);
        }

        // Where each name stands first, for pointers to it (section 4.1.4); the question's is the usual one.
        var places = new Dictionary<string, int>(StringComparer.Ordinal) { [questions[0].Name] = HeaderBytes };
        foreach (var record in reply.Answers.Concat(reply.Additional))
        {
            if (!reply.Uncompressed && places.TryGetValue(record.Owner, out var place))
            {
                Add16(bytes, 0xC000 | place);
            }
            else
            {
                places.TryAdd(record.Owner, bytes.Count);
                bytes.AddRange(DnsName.ToWire(record.Owner));
            }

            Add16(bytes, record.RecordType);
            Add16(bytes, 1);
            Add16(bytes, (int)(record.TimeToLive >> 16));
            Add16(bytes, (int)(record.TimeToLive & 0xFFFF));
            Add16(bytes, record.Data.Length);
            bytes.AddRange(record.Data.Span);
        }

        if (withOptions)
        {
            bytes.AddRange([0, 0, OptionType, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]);
        }

        return [.. bytes];
    }

    private static void Add16(List<byte> bytes, int value)
    {
        bytes.Add((byte)(value >> 8));
        bytes.Add((byte)value);
    }
}
