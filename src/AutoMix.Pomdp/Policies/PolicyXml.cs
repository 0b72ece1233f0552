using System.Globalization;
using System.Xml;

namespace AutoMix.Pomdps;

/// <summary>Alpha-vector policies in the .policy XML form of the APPL toolkit, which its simulator and evaluator read.</summary>
public static class PolicyXml
{
    /// <summary>Writes a policy to a file.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="policy">The policy.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, AlphaVectorPolicy policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(policy);
        using FileStream file = File.Create(path);
        Write(file, policy);
    }

    /// <summary>Writes a policy to a stream, which stays open.</summary>
    /// <param name="stream">A writable stream.</param>
    /// <param name="policy">The policy.</param>
    public static void Write(Stream stream, AlphaVectorPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(policy);
        using XmlWriter writer = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n" });
        writer.WriteStartElement("Policy");
        writer.WriteAttributeString("version", "0.1");
        writer.WriteAttributeString("type", "value");
        writer.WriteStartElement("AlphaVector");
        writer.WriteAttributeString("vectorLength", Text(policy.StateCount));
        writer.WriteAttributeString("numObsValue", "1");
        writer.WriteAttributeString("numVectors", Text(policy.Vectors.Count));
        foreach (AlphaVector vector in policy.Vectors)
        {
            writer.WriteStartElement("Vector");
            writer.WriteAttributeString("action", Text(vector.Action));
            writer.WriteAttributeString("obsValue", "0");
            foreach (double value in vector.Values)
            {
                writer.WriteString(value.ToString("R", CultureInfo.InvariantCulture));
                writer.WriteString(" ");
            }

            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    /// <summary>Reads a policy from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not such a policy.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AlphaVectorPolicy Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads a policy of dense or sparse vectors from a stream, which stays open; policies over several observed values are not supported.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <exception cref="InvalidDataException">The stream does not hold such a policy.</exception>
    public static AlphaVectorPolicy Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        List<AlphaVector> vectors = [];
        int length = 0;
        try
        {
            using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreWhitespace = true, IgnoreComments = true });
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                if (reader.Name == "AlphaVector")
                {
                    length = Attribute(reader, "vectorLength");
                }
                else if (reader.Name is "Vector" or "SparseVector")
                {
                    if (Attribute(reader, "obsValue") != 0)
                    {
                        throw new InvalidDataException("The policy distinguishes observed values; only one (obsValue 0) is supported.");
                    }

                    bool sparse = reader.Name == "SparseVector";
                    int action = Attribute(reader, "action");
                    vectors.Add(new AlphaVector(action, sparse ? ReadSparse(reader, length) : ReadDense(reader, length)));
                }
            }

            return new AlphaVectorPolicy(vectors);
        }
        catch (Exception e) when (e is XmlException or ArgumentException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"Not an alpha-vector policy: {e.Message}", e);
        }
    }

    private static double[] ReadDense(XmlReader reader, int length)
    {
        string[] words = Content(reader).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == length
            ? [.. words.Select(w => double.Parse(w, CultureInfo.InvariantCulture))]
            : throw new InvalidDataException($"A vector has {words.Length} values, not {length}.");
    }

    private static double[] ReadSparse(XmlReader reader, int length)
    {
        double[] values = new double[length];
        using XmlReader entries = reader.ReadSubtree();
        while (entries.Read())
        {
            if (entries.NodeType == XmlNodeType.Element && entries.Name == "Entry")
            {
                string[] words = Content(entries).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (words.Length != 2 || !int.TryParse(words[0], CultureInfo.InvariantCulture, out int index) || (uint)index >= (uint)length)
                {
                    throw new InvalidDataException("A sparse entry is not a state and a value.");
                }

                values[index] = double.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return values;
    }

    // Stays on the element's text: ReadElementContentAsString would step over the next element's start.
    private static string Content(XmlReader reader) =>
        !reader.IsEmptyElement && reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value : string.Empty;

    private static int Attribute(XmlReader reader, string name) =>
        int.TryParse(reader.GetAttribute(name), CultureInfo.InvariantCulture, out int value) && value >= 0
            ? value
            : throw new InvalidDataException($"<{reader.Name}> has no valid attribute '{name}'.");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
